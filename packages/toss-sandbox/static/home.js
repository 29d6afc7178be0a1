// Keeps a page of the sandbox up to date: fetches it again every two seconds while somebody looks at it, and replaces
// the parts marked data-live that have changed. A part that is being used (a focus, a text typed) waits.
(() => {
  "use strict";

  const everyMs = 2_000;
  const disconnected = document.getElementById("disconnected");
  const parts = () => document.querySelectorAll("[data-live]");
  /** What the server sent last, by the part's name: the page itself may have opened details since. */
  const sent = new Map([...parts()].map((part) => [part.dataset.live, part.innerHTML]));

  for (const part of parts()) {
    part.addEventListener("input", () => (part.dataset.typed = "yes"));
  }

  async function look() {
    let answered = false;
    try {
      const response = await fetch(window.location.href, { signal: AbortSignal.timeout(10_000) });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      for (const part of parts()) refresh(part, page);
      answered = response.status < 500;
    } catch {
      // the next look tries again
    }
    disconnected.hidden = answered;
  }

  function refresh(part, page) {
    const name = part.dataset.live;
    const fresh = page.querySelector(`[data-live="${name}"]`)?.innerHTML;
    if (fresh === undefined || fresh === sent.get(name)) return;
    if (part.dataset.typed === "yes" || part.contains(document.activeElement)) return;
    const open = [...part.querySelectorAll("details[open]")].map((details) => details.dataset.key);
    part.innerHTML = fresh;
    for (const details of part.querySelectorAll("details")) {
      details.open = open.includes(details.dataset.key);
    }
    sent.set(name, fresh);
  }

  function next() {
    setTimeout(() => {
      const looked = document.visibilityState === "visible" ? look() : Promise.resolve();
      void looked.then(next);
    }, everyMs);
  }
  next();

  // One press is one request.
  document.addEventListener("submit", (event) => {
    if (event.target.ariaBusy === "true") return event.preventDefault();
    event.target.ariaBusy = "true";
  });

  // A page that comes back from the browser's cache may be sent again, and is out of date.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });
})();
