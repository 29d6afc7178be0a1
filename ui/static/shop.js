// The − and + beside a quantity. The field itself works without them, and the server computes every total.

document.addEventListener("click", (event) => {
  const button = /** @type {Element} */ (event.target).closest("[data-step]");
  if (!(button instanceof HTMLButtonElement)) return;
  const input = button.closest("[data-stepper]")?.querySelector("input");
  if (!input) return;
  const now = Number.parseInt(input.value, 10) || 0;
  const next = Math.min(99, Math.max(0, now + Number(button.dataset.step)));
  if (next === now) return;
  input.value = String(next);
  input.dispatchEvent(new Event("input", { bubbles: true }));
});
