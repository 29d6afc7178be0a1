// Keeps an order's page true: asks again by itself when the stream of changes is lost.

const live = /** @type {HTMLElement} */ (document.getElementById("live"));

/** The stream says every eight seconds that it is there; without that it counts as lost. */
const silenceMsMax = 25_000;
const pollMsMin = 2_000;
const pollMsMax = 20_000;

let heardAt = Date.now();
let pollMs = pollMsMin;
let over = false;

function view() {
  return /** @type {HTMLElement | null} */ (live.querySelector("[data-seen]"));
}

function heard() {
  heardAt = Date.now();
  pollMs = pollMsMin;
}

document.addEventListener("htmx:after:swap", () => {
  document.title = view()?.dataset.title ?? document.title;
  const address = view()?.dataset.address;
  if (address) history.replaceState(null, "", address);
});

live.addEventListener("htmx:sse:after:connection", heard);
live.addEventListener("htmx:sse:after:message", heard);
live.addEventListener("beat", heard);
live.addEventListener("end", () => (over = true));
for (const name of ["htmx:sse:error", "htmx:error", "htmx:response:error"]) {
  live.addEventListener(name, () => (heardAt = 0));
}

async function poll() {
  if (over || document.hidden) return;
  if (Date.now() - heardAt < silenceMsMax) return;
  const seen = encodeURIComponent(view()?.dataset.seen ?? "");
  pollMs = Math.min(pollMs * 1.5, pollMsMax);
  await htmx.ajax("GET", `${live.dataset.status}?seen=${seen}`, {
    target: "#live",
    swap: "innerMorph",
  });
  htmx.trigger(live, "reconnect");
}

function schedule() {
  setTimeout(
    () =>
      poll()
        .catch(() => {})
        .finally(schedule),
    pollMs,
  );
}
schedule();

// A confirmation that got no answer is asked for again: the same paymentKey is never charged twice.
let confirmMs = 2_000;
for (const name of ["htmx:error", "htmx:response:error"]) {
  document.addEventListener(name, (event) => {
    const form = /** @type {Element} */ (event.target);
    if (form.id !== "confirm") return;
    setTimeout(() => htmx.trigger(form, "again"), confirmMs);
    confirmMs = Math.min(confirmMs * 1.5, 15_000);
  });
}
