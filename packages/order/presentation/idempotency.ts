import type { Caller } from "@payflow/access";
import { deriveKey } from "@payflow/outbox";
import { clientLine, sign } from "@payflow/shared/http";
import type { Claim, OrderRepository } from "../application/ports.ts";

/**
 * What a caller's Idempotency-Key claims; keys of different callers never meet. A browser that ordered without a
 * session got one with the answer: its key stays the one that it used before.
 */
export async function claimOf(
  call: {
    readonly key: string | undefined;
    readonly caller: Pick<Caller, "key" | "sessionId">;
    /** Where keys of callers without a session live: what tells this one from others. */
    readonly anonymousScope: () => string;
    /** The parsed body, so that spelling makes no difference. */
    readonly request: unknown;
  },
  orders: Pick<OrderRepository, "findClaim">,
): Promise<Claim | undefined> {
  const { key, caller, request, anonymousScope } = call;
  if (key === undefined) return undefined;
  const requestHash = hashOf(request);
  // all keys are the merchant's: what one has begun, the one that replaces it repeats
  if (caller.key !== undefined) return { scope: "merchant", key, requestHash };
  const anonymous = { scope: anonymousScope(), key, requestHash };
  if (caller.sessionId === undefined) return anonymous;
  const before = await orders.findClaim(anonymous);
  if (before?.order.sessionId === caller.sessionId) return anonymous;
  return { scope: sessionScope(caller.sessionId), key, requestHash };
}

/** Where the keys of one browser live. */
export const sessionScope = (sessionId: string) => `session:${sessionId}`;

/**
 * Where the keys of callers without a session live, by the line of their address: nobody elsewhere can take a key
 * before them. The address itself is not stored.
 */
export function anonymousScopes(sessionSecret: string): (address: string) => string {
  const key = deriveKey(sessionSecret, "anonymous idempotency keys");
  return (address) => `anonymous:${sign(clientLine(address), key)}`;
}

/** Tells requests apart; members must come in a fixed order, as they do from a schema. */
export function hashOf(request: unknown): string {
  return new Bun.CryptoHasher("sha256").update(JSON.stringify(request)).digest("hex");
}
