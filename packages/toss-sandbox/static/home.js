// Keeps a page of the sandbox up to date: fetches it every two seconds while it is visible, and
// replaces the data-live parts that have changed. A part with focus or typed text is not replaced.
(() => {
  "use strict";

  const everyMs = 2_000;
  const disconnected = document.getElementById("disconnected");
  const parts = () => document.querySelectorAll("[data-live]");
  /** The server's last HTML by part name; the page's HTML differs when the user opened details. */
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
      // the next poll retries
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

  // Ignores a second submit while the first is in progress.
  document.addEventListener("submit", (event) => {
    if (event.target.ariaBusy === "true") return event.preventDefault();
    event.target.ariaBusy = "true";
  });

  // A page from the back-forward cache is out of date, and its forms are still blocked.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });
})();
