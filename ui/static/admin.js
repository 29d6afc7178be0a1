// Keeps what is live on a page of the console fresh. Nothing here is needed: every page can be loaded again.

const everyMs = 10_000;

setInterval(refresh, everyMs);
document.addEventListener("visibilitychange", refresh);

function refresh() {
  if (document.hidden) return;
  for (const part of document.querySelectorAll("[data-live]")) {
    // a press must not land on what has just moved
    if (part.matches(":active")) continue;
    htmx.trigger(part, "refresh");
  }
}
