import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";

/** Pieces by product id, as they were typed. */
export type Cart = Readonly<Record<string, string>>;

/** `shop.js` writes the same cookie with each change, so that no way of leaving the page loses one. */
const cookieName = "cart";
const monthSeconds = 30 * 24 * 60 * 60;
/** A browser drops a cookie of more than 4 KB without a word; with its escapes fifty products stay below. */
const lengthMax = 3_800;
const typedLengthMax = 10;

/** What this browser has chosen; undefined when it has never chosen anything. */
export function readCart(c: Context): Cart | undefined {
  const kept = getCookie(c, cookieName);
  if (kept === undefined) return undefined;
  const lines = [...new URLSearchParams(kept)];
  return Object.fromEntries(
    lines.map(([productId, typed]) => [productId, typed.slice(0, typedLengthMax)]),
  );
}

/** Keeps the cart in the browser, for when it comes back. */
export function keepCart(c: Context, cart: Cart, secure: boolean): void {
  const chosen = Object.entries(cart).filter(([, typed]) => isChosen(typed));
  const value = new URLSearchParams(chosen).toString();
  if (encodeURIComponent(value).length > lengthMax) return;
  setCookie(c, cookieName, value, { path: "/", maxAge: monthSeconds, sameSite: "Lax", secure });
}

/** Empties the cart when all that is in it has just been bought; what was chosen meanwhile stays. */
export function emptyCart(
  c: Context,
  bought: readonly { readonly productId: string; readonly quantity: number }[],
): void {
  const cart = readCart(c);
  if (cart === undefined) return;
  const textOf = (lines: readonly (readonly [string, string])[]) =>
    new URLSearchParams([...lines].map(([id, typed]) => [id, typed.trim()]).sort()).toString();
  const chosen = Object.entries(cart).filter(([, typed]) => isChosen(typed));
  const paid = bought.map((item) => [item.productId, String(item.quantity)] as const);
  if (textOf(chosen) === textOf(paid)) deleteCookie(c, cookieName, { path: "/" });
}

/** The quantities among a form's or an address's fields. */
export function cartIn(fields: Readonly<Record<string, unknown>>): Cart {
  const cart: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (name.startsWith("quantity.") && typeof value === "string")
      cart[name.slice("quantity.".length)] = value.slice(0, typedLengthMax);
  }
  return cart;
}

function isChosen(typed: string): boolean {
  return !/^\s*0*\s*$/.test(typed);
}
