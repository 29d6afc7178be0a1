import { invalidField } from "@payflow/shared";
import type { Order } from "./order.ts";

/** Parameters that `returnAddress` adds to the query. */
const added = ["orderId", "orderNumber", "status"] as const;

/**
 * Validates and normalizes a return address. Throws AppError `invalid_request` unless its origin is one of `origins`:
 * otherwise an integrator's key could make the shop an open redirect.
 */
export function returnUrlOf(given: string | undefined, origins: readonly string[]): string | null {
  if (given === undefined) return null;
  const refused = (why: string) => invalidField("returnUrl", why);
  // rejects input that URL parsers silently repair: spaces, control characters, backslashes, a scheme without slashes
  const url = /^https?:\/\/[^\s\\\p{Cc}]+$/iu.test(given) ? URL.parse(given) : null;
  if (url === null) throw refused("must be a whole http or https address");
  if (url.username !== "" || url.password !== "") throw refused("must not name a user");
  if (!origins.includes(url.origin)) throw refused("its origin must be one of RETURN_ORIGINS");
  const taken = added.find((name) => url.searchParams.has(name));
  if (taken !== undefined) throw refused(`must leave ${taken} to the answer`);
  return url.href;
}

/**
 * The address to which the order's shopper returns, with the order's outcome in its query. Returns undefined without an
 * address, and for an origin that is no longer allowed.
 */
export function returnAddress(
  { returnUrl, ...order }: Pick<Order, "returnUrl" | (typeof added)[number]>,
  origins: readonly string[],
): string | undefined {
  const url = returnUrl === null ? null : URL.parse(returnUrl);
  if (url === null || !origins.includes(url.origin)) return undefined;
  const facts = new URLSearchParams(added.map((name) => [name, order[name]]));
  // appended as text, so that the existing query stays byte for byte
  url.search = url.search === "" ? `?${facts}` : `${url.search}&${facts}`;
  return url.href;
}
