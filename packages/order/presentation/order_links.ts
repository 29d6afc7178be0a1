import { deriveKey } from "@payflow/outbox";
import { sameSecret, sign } from "@payflow/shared/http";
import type { Order } from "../domain/order.ts";

/** After an order's time is over, its page may be looked at by its links for so long. */
const afterExpiryMs = 30 * 24 * 60 * 60_000;
const form = /^([0-9a-z]{1,9})\.[\w-]{43}$/;

export type OrderLinks = ReturnType<typeof orderLinks>;
type LinkedOrder = Pick<Order, "orderId" | "expiresAt">;

/**
 * Tokens of links, which go to Toss in every address that leads back to us, and by mail to shoppers. Signed by a key of
 * their own, they are no session: by them nobody cancels, or names an account. A refund may be requested: an operator decides.
 */
export function orderLinks(sessionSecret: string, publicUrl: string, now: () => string) {
  const key = deriveKey(sessionSecret, "order link");
  const tokenUntil = (orderId: string, until: string) =>
    `${until}.${sign(`look and pay ${orderId} ${until}`, key)}`;
  /** A token by which any browser may look at this order, and pay it: no more, and not for ever. */
  function tokenFor({ orderId, expiresAt }: LinkedOrder): string {
    const untilMs = Date.parse(expiresAt) + afterExpiryMs;
    return tokenUntil(orderId, Math.floor(untilMs / 1_000).toString(36));
  }
  return {
    tokenFor,
    urlOf: (order: LinkedOrder) => `${publicUrl}/orders/${order.orderId}?token=${tokenFor(order)}`,
    /** Until when the token opens the order, in seconds since 1970; undefined when it does not. */
    openUntil(orderId: string, token: string): number | undefined {
      const until = form.exec(token)?.[1];
      if (until === undefined || !sameSecret(token, tokenUntil(orderId, until))) return undefined;
      const seconds = Number.parseInt(until, 36);
      return seconds * 1_000 > Date.parse(now()) ? seconds : undefined;
    },
  };
}
