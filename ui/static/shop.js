// The − and + beside a quantity, and what is typed, kept until the shopper comes back. The fields work without them,
// and the server computes every total.

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

/** The cookie that `cart.ts` reads: written at once, since a click may lead away before the total has come. */
function keepCart() {
  const cart = new URLSearchParams();
  for (const input of quantities())
    if (!/^\s*0*\s*$/.test(input.value))
      cart.set(input.name.slice("quantity.".length), input.value);
  const value = encodeURIComponent(cart.toString());
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `cart=${value}; path=/; max-age=${monthSeconds}; samesite=lax${secure}`;
  // A link's choice is over with the first one of the shopper's own.
  if (location.search) history.replaceState(history.state, "", "/");
}

function quantities() {
  return /** @type {NodeListOf<HTMLInputElement>} */ (
    document.querySelectorAll("input[name^='quantity.']")
  );
}

// Whoever begins to choose or to type is likely to pay: what the payment's page needs is fetched meanwhile, and not on a
// first visit that only looks.

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

// Coming back from a document or in the other language, nobody types a name twice. It stays in this tab.

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
