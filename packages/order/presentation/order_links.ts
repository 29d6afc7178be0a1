import { deriveKey } from "@payflow/outbox";
import { sameSecret, sign } from "@payflow/shared/http";
import type { Order } from "../domain/order.ts";

/** How long an order's links stay valid after `expiresAt`. */
const afterExpiryMs = 30 * 24 * 60 * 60_000;
const form = /^([0-9a-z]{1,9})\.[\w-]{43}$/;

export type OrderLinks = ReturnType<typeof orderLinks>;
type LinkedOrder = Pick<Order, "orderId" | "expiresAt">;

/**
 * Tokens of order links. Addresses that Toss returns to and mails contain them, so a token grants little: to view and
 * pay the order, and to request a refund, which an operator decides; not to cancel it or to set a refund account.
 */
export function orderLinks(sessionSecret: string, publicUrl: string, now: () => string) {
  const key = deriveKey(sessionSecret, "order link");
  const tokenUntil = (orderId: string, until: string) =>
    `${until}.${sign(`look and pay ${orderId} ${until}`, key)}`;
  function tokenFor({ orderId, expiresAt }: LinkedOrder): string {
    const untilMs = Date.parse(expiresAt) + afterExpiryMs;
    return tokenUntil(orderId, Math.floor(untilMs / 1_000).toString(36));
  }
  return {
    tokenFor,
    urlOf: (order: LinkedOrder) => `${publicUrl}/orders/${order.orderId}?token=${tokenFor(order)}`,
    /** When the token's access ends, in seconds since 1970; undefined for an invalid or expired token. */
    openUntil(orderId: string, token: string): number | undefined {
      const until = form.exec(token)?.[1];
      if (until === undefined || !sameSecret(token, tokenUntil(orderId, until))) return undefined;
      const seconds = Number.parseInt(until, 36);
      return seconds * 1_000 > Date.parse(now()) ? seconds : undefined;
    },
  };
}
