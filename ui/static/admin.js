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

// Typing a sum means a part, and choosing all means no sum.
document.addEventListener("input", (event) => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  const extent = input.closest("[data-extent]");
  if (!extent) return;
  const sum = /** @type {HTMLInputElement} */ (extent.querySelector("[name=amount]"));
  const part = /** @type {HTMLInputElement} */ (extent.querySelector("[value=part]"));
  if (input === sum && sum.value !== "") part.checked = true;
  if (input !== sum && !part.checked) sum.value = "";
});
