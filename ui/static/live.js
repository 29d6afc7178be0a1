// Keeps an order's page up to date from a stream of server-sent events, or by polling. A stream uses one of the six
// connections that a browser opens per host over HTTP/1.1. A hidden page therefore has no stream, and the pages of one
// browser share a few.

const live = /** @type {HTMLElement} */ (document.getElementById("live"));

/** Streams per browser; other pages poll, which leaves connections for the rest of the shop. */
const streamsMax = 3;
/** The server sends a beat every eight seconds; after a longer silence the stream counts as lost. */
const silenceMsMax = 25_000;
/** Time without a stream after the server has ended it for other requests. */
const fullMs = 60_000;
const pollMsMin = 2_000;
const pollMsMax = 20_000;

/** @type {EventSource | undefined} */
let stream;
let isOpening = false;
let giveBack = () => {};
let heardAt = -Infinity;
let fullUntil = 0;
let pollMs = pollMsMin;
let over = false;

function view() {
  return /** @type {HTMLElement | null} */ (live.querySelector("[data-seen]"));
}

const seen = () => `seen=${encodeURIComponent(view()?.dataset.seen ?? "")}`;

function beat() {
  heardAt = performance.now();
  pollMs = pollMsMin;
}

document.addEventListener("htmx:after:swap", () => {
  document.title = view()?.dataset.title ?? document.title;
  const address = view()?.dataset.address;
  if (address) history.replaceState(null, "", address);
});

/** Opens the stream when the page is visible and a place is free. */
async function listen() {
  if (stream || isOpening || over || document.hidden) return;
  if (performance.now() < fullUntil) return;
  isOpening = true;
  try {
    const leave = await place();
    if (!leave) return;
    if (document.hidden || over) leave();
    else open(leave);
  } finally {
    isOpening = false;
  }
}

/** @param {() => void} leave */
function open(leave) {
  giveBack = leave;
  // The silence of a stream that hangs before its first byte counts from now.
  heardAt = performance.now();
  const opened = new EventSource(`${live.dataset.events}&${seen()}`);
  stream = opened;
  opened.addEventListener("beat", beat);
  opened.addEventListener("message", (event) => {
    beat();
    const swap = "innerMorph";
    void htmx.swap({
      text: event.data,
      target: live,
      sourceElement: live,
      swap,
    });
  });
  opened.addEventListener("end", () => {
    over = true;
    close();
  });
  opened.addEventListener("full", () => {
    fullUntil = performance.now() + fullMs;
    close();
  });
  opened.addEventListener("error", () => {
    // the browser reconnects by itself, unless the server refused
    heardAt = -Infinity;
    if (opened.readyState === EventSource.CLOSED) close();
  });
}

function close() {
  stream?.close();
  stream = undefined;
  heardAt = -Infinity;
  giveBack();
  giveBack = () => {};
}

/**
 * Takes one of the browser's places for streams; returns its release function, or undefined when all are taken.
 * Without the Web Locks API (a shop without https) every visible page has a stream.
 * @returns {Promise<(() => void) | undefined>}
 */
async function place() {
  if (!navigator.locks) return () => {};
  for (let number = 1; number <= streamsMax; number++) {
    const leave = await lock(`live-${number}`);
    if (leave) return leave;
  }
  return undefined;
}

/** @param {string} name @returns {Promise<(() => void) | undefined>} */
function lock(name) {
  return new Promise((resolve) => {
    void navigator.locks.request(name, { ifAvailable: true }, (held) => {
      if (!held) return resolve(undefined);
      return new Promise((leave) => resolve(() => leave(undefined)));
    });
  });
}

async function poll() {
  if (over || document.hidden) return;
  if (performance.now() - heardAt < silenceMsMax) return;
  if (stream && stream.readyState !== EventSource.CONNECTING) close();
  pollMs = Math.min(pollMs * 1.5, pollMsMax);
  await htmx.ajax("GET", `${live.dataset.status}&${seen()}`, {
    target: "#live",
    swap: "innerMorph",
  });
  await listen();
}

let timer = 0;
function schedule() {
  clearTimeout(timer);
  timer = setTimeout(
    () =>
      poll()
        .catch(() => {})
        .finally(schedule),
    pollMs,
  );
}

/** Updates the page at once when it becomes visible again. */
function watch() {
  if (document.hidden) return close();
  pollMs = pollMsMin;
  void listen()
    .then(() => stream ?? poll())
    .catch(() => {})
    .finally(schedule);
}
document.addEventListener("visibilitychange", watch);
// A page in the back-forward cache must hold no connection and no lock.
addEventListener("pagehide", close);
addEventListener("pageshow", (event) => {
  if (event.persisted) watch();
});
void listen().finally(schedule);

// A confirm without a response is sent again: the same paymentKey is never charged twice.
let confirmMs = 2_000;
for (const name of ["htmx:error", "htmx:response:error"]) {
  document.addEventListener(name, (event) => {
    const form = /** @type {Element} */ (event.target);
    if (form.id !== "confirm") return;
    setTimeout(() => htmx.trigger(form, "again"), confirmMs);
    confirmMs = Math.min(confirmMs * 1.5, 15_000);
  });
}
