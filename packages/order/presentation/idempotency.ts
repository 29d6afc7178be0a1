import type { Caller } from "@payflow/access";
import { deriveKey } from "@payflow/outbox";
import { clientLine, sign } from "@payflow/shared/http";
import type { Claim, OrderRepository } from "../application/ports.ts";
import type { ApiDeps } from "./api_route.ts";

/**
 * What a caller's Idempotency-Key claims; keys of different callers never meet. A browser that ordered without a
 * session got one with the answer: its key stays the one that it used before.
 */
export async function claimOf(
  call: {
    readonly key: string | undefined;
    readonly caller: Pick<Caller, "key" | "sessionId" | "address">;
    /** The parsed body, so that spelling makes no difference. */
    readonly request: unknown;
  },
  deps: { readonly orders: Pick<OrderRepository, "findClaim"> } & Pick<ApiDeps, "anonymousScope">,
): Promise<Claim | undefined> {
  const { key, caller, request } = call;
  if (key === undefined) return undefined;
  const requestHash = hashOf(request);
  // all keys are the merchant's: what one has begun, the one that replaces it repeats
  if (caller.key !== undefined) return { scope: "merchant", key, requestHash };
  const anonymous = { scope: deps.anonymousScope(caller.address), key, requestHash };
  if (caller.sessionId === undefined) return anonymous;
  const before = await deps.orders.findClaim(anonymous);
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
