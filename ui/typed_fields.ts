import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";

/** Fields of the checkout form besides the quantities. */
export type TypedFields = {
  readonly customerName: string;
  readonly customerEmail: string;
  readonly method: string;
  readonly consent: boolean;
};

const cookieName = "typed";
const keptSeconds = 30 * 60;
/** A browser silently drops a cookie of more than 4 KB. */
const lengthMax = 3_800;

/**
 * Keeps the typed fields while a browser without JavaScript updates the total. The response redirects to the shop's
 * page: going back to a form's response would make the browser offer to resend the form.
 */
export function keepTyped(
  c: Context,
  { customerName, customerEmail, method, consent }: TypedFields,
  secure: boolean,
): void {
  const typed = { customerName, customerEmail, method };
  const value = new URLSearchParams({ ...typed, consent: consent ? "yes" : "" }).toString();
  if (encodeURIComponent(value).length > lengthMax) return;
  setCookie(c, cookieName, value, {
    path: "/",
    maxAge: keptSeconds,
    sameSite: "Lax",
    httpOnly: true,
    secure,
  });
}

/** Undefined when no fields are saved. */
export function readTyped(c: Context): TypedFields | undefined {
  const kept = getCookie(c, cookieName);
  if (kept === undefined) return undefined;
  const typed = new URLSearchParams(kept);
  const text = (name: string) => typed.get(name) ?? "";
  return {
    customerName: text("customerName"),
    customerEmail: text("customerEmail"),
    method: text("method"),
    consent: text("consent") !== "",
  };
}

export function forgetTyped(c: Context): void {
  if (getCookie(c, cookieName) !== undefined) deleteCookie(c, cookieName, { path: "/" });
}
