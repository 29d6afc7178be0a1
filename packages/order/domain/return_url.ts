import { invalidField } from "@payflow/shared";
import type { Order } from "./order.ts";

/** Members that are added to the query of the address to which a shopper goes back. */
const added = ["orderId", "orderNumber", "status"] as const;

/**
 * The address to which an order's shopper goes back, as it is kept; null: none is given. Throws AppError `invalid_request` unless its origin
 * is one of these: anybody who may place an order could otherwise send shoppers anywhere in the shop's name.
 */
export function returnUrlOf(given: string | undefined, origins: readonly string[]): string | null {
  if (given === undefined) return null;
  const refused = (why: string) => invalidField("returnUrl", why);
  // what URL parsers mend or leave out has no place in it: spaces, controls, backslashes, a scheme without its slashes
  const url = /^https?:\/\/[^\s\\\p{Cc}]+$/iu.test(given) ? URL.parse(given) : null;
  if (url === null) throw refused("must be a whole http or https address");
  if (url.username !== "" || url.password !== "") throw refused("must not name a user");
  if (!origins.includes(url.origin)) throw refused("its origin must be one of RETURN_ORIGINS");
  const taken = added.find((name) => url.searchParams.has(name));
  if (taken !== undefined) throw refused(`must leave ${taken} to the answer`);
  return url.href;
}

/**
 * Where the order's shopper goes back to, and learns how it ended; undefined without an address, and for one whose
 * origin is allowed no longer.
 */
export function returnAddress(
  { returnUrl, ...order }: Pick<Order, "returnUrl" | (typeof added)[number]>,
  origins: readonly string[],
): string | undefined {
  const url = returnUrl === null ? null : URL.parse(returnUrl);
  if (url === null || !origins.includes(url.origin)) return undefined;
  const facts = new URLSearchParams(added.map((name) => [name, order[name]]));
  // added as text: what is there already stays as it was written
  url.search = url.search === "" ? `?${facts}` : `${url.search}&${facts}`;
  return url.href;
}
