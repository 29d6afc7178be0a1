import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";

/** Quantities by product id, as the shopper typed them. */
export type Cart = Readonly<Record<string, string>>;

/** `shop.js` writes the same cookie on each change, so that leaving the page never loses a change. */
const cookieName = "cart";
const monthSeconds = 30 * 24 * 60 * 60;
/** A browser silently drops a cookie of more than 4 KB. Fifty products with the longest ids stay below this. */
const lengthMax = 3_800;
const typedLengthMax = 10;

/** The cart of this browser; undefined when it has never had one. */
export function readCart(c: Context): Cart | undefined {
  const kept = getCookie(c, cookieName);
  if (kept === undefined) return undefined;
  const lines = [...new URLSearchParams(kept)];
  return Object.fromEntries(
    lines.map(([productId, typed]) => [productId, typed.slice(0, typedLengthMax)]),
  );
}

/** Saves the cart in the browser for 30 days; does nothing when it is too large for a cookie. */
export function keepCart(c: Context, cart: Cart, secure: boolean): void {
  const chosen = Object.entries(cart).filter(([, typed]) => isChosen(typed));
  const value = new URLSearchParams(chosen).toString();
  if (encodeURIComponent(value).length > lengthMax) return;
  setCookie(c, cookieName, value, { path: "/", maxAge: monthSeconds, sameSite: "Lax", secure });
}

/** Empties the cart when it holds exactly the lines of the paid order; a cart that has changed since stays. */
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

/** The quantities among the fields of a form or a query. */
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
