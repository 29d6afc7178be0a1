// Scripts of every page: shows that the server is unreachable, rejects responses that are no HTML, and lets a form be
// sent once. No order depends on this script: the server itself prevents a second order or charge.

const flash = document.getElementById("flash");

/** @param {string} text */
function say(text) {
  if (flash) flash.textContent = text;
}

for (const name of ["htmx:response:error", "htmx:error"]) {
  document.addEventListener(name, (event) => {
    const { ctx } = /** @type {CustomEvent} */ (event).detail ?? {};
    const status = ctx?.response?.status;
    const source = ctx?.sourceElement;
    // #live and #confirm retry by themselves (live.js).
    if (source?.id === "live" || source?.id === "confirm") return;
    if (status === undefined || status >= 500 || status === 429) {
      say(document.body.dataset.requestFailed ?? "");
    }
  });
}

document.addEventListener("htmx:before:request", () => say(""));

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = /** @type {CustomEvent} */ (event).detail ?? {};
  const type = ctx?.response?.headers?.get("content-type") ?? "text/html";
  if (/^text\/(html|event-stream)/.test(type)) return;
  event.preventDefault();
  say(document.body.dataset.requestFailed ?? "");
});

// A `data-once` form is sent once; returning from the back-forward cache enables it again.
document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.dataset.once === undefined) return;
  if (form.classList.contains("busy-form")) event.preventDefault();
  form.classList.add("busy-form");
});
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll(".busy-form, form.htmx-request")) {
    form.classList.remove("busy-form", "htmx-request");
    for (const button of form.querySelectorAll("button")) button.disabled = false;
  }
});

document.addEventListener("click", (event) => {
  const button = /** @type {Element} */ (event.target).closest("[data-copy]");
  if (button instanceof HTMLButtonElement) void copy(button);
});

/** @param {HTMLButtonElement} button */
async function copy(button) {
  const text = document.getElementById(button.dataset.copy ?? "")?.textContent;
  const label = button.querySelector("span");
  if (!text || !label) return;
  try {
    await navigator.clipboard.writeText(text.trim());
    label.textContent = button.dataset.copied ?? "";
  } catch {
    label.textContent = button.dataset.copyFailed ?? "";
  }
}
