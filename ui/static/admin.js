// Refreshes the live parts of a console page. Optional: every page works with a reload instead.

const everyMs = 10_000;

setInterval(refresh, everyMs);
document.addEventListener("visibilitychange", refresh);

function refresh() {
  if (document.hidden) return;
  for (const part of document.querySelectorAll("[data-live]")) {
    // a click must not land on a part that has just moved
    if (part.matches(":active")) continue;
    htmx.trigger(part, "refresh");
  }
}

// Typing an amount selects "part"; selecting "all" clears the amount.
document.addEventListener("input", (event) => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  const extent = input.closest("[data-extent]");
  if (!extent) return;
  const sum = /** @type {HTMLInputElement} */ (extent.querySelector("[name=amount]"));
  const part = /** @type {HTMLInputElement} */ (extent.querySelector("[value=part]"));
  if (input === sum && sum.value !== "") part.checked = true;
  if (input !== sum && !part.checked) sum.value = "";
});
