// The − and + buttons, and keeping the cart and typed fields for later. The form works without this script, and the
// server computes every total.

const monthSeconds = 30 * 24 * 60 * 60;
const typedFields = ["customerName", "customerEmail"];

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

document.addEventListener("input", (event) => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  if (input.name.startsWith("quantity.")) keepCart();
  if (typedFields.includes(input.name)) remember(input);
});

/** Writes the cookie that `cart.ts` reads. Immediately, because the shopper may leave before the total arrives. */
function keepCart() {
  const cart = new URLSearchParams();
  for (const input of quantities())
    if (!/^\s*0*\s*$/.test(input.value))
      cart.set(input.name.slice("quantity.".length), input.value);
  const value = encodeURIComponent(cart.toString());
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `cart=${value}; path=/; max-age=${monthSeconds}; samesite=lax${secure}`;
  // The shopper's first change ends the link's quantities.
  if (location.search) history.replaceState(history.state, "", "/");
}

function quantities() {
  return /** @type {NodeListOf<HTMLInputElement>} */ (
    document.querySelectorAll("input[name^='quantity.']")
  );
}

// A shopper who starts to choose or type is likely to pay, so the scripts of the payment's page are loaded ahead. A
// first visit does not load them.

const checkout = document.getElementById("checkout");
const beginnings = ["pointerdown", "focusin", "input"];
for (const name of beginnings) checkout?.addEventListener(name, fetchAhead, { once: true });

function fetchAhead() {
  for (const name of beginnings) checkout?.removeEventListener(name, fetchAhead);
  const { sdkUrl = "", modules = "" } = checkout?.dataset ?? {};
  for (const href of modules.split(" ")) hint({ rel: "modulepreload", href });
  hint({ rel: "preconnect", href: new URL(sdkUrl).origin });
  hint({ rel: "prefetch", as: "script", href: sdkUrl });
}

/** @param {Partial<HTMLLinkElement>} link */
function hint(link) {
  document.head.append(Object.assign(document.createElement("link"), link));
}

// Restores the typed name and e-mail after another page or a language switch, within this tab.

/** @param {HTMLInputElement} input */
function remember(input) {
  try {
    sessionStorage.setItem(input.name, input.value);
  } catch {
    // a browser that keeps nothing
  }
}

/** @param {string} name */
function remembered(name) {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null;
  }
}

for (const name of typedFields) {
  const input = document.querySelector(`input[name='${name}']`);
  const typed = remembered(name);
  if (input instanceof HTMLInputElement && input.value === "" && typed) input.value = typed;
}
