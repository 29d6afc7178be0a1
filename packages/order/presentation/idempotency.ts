import type { Caller } from "@payflow/access";
import { deriveKey } from "@payflow/outbox";
import { clientLine, sign } from "@payflow/shared/http";
import type { Claim, OrderRepository } from "../application/ports.ts";
import type { ApiDeps } from "./api_route.ts";

/**
 * Scopes a caller's Idempotency-Key, so that keys of different callers never collide. A browser's first order opens its
 * session: a retry with that session still finds the key in the anonymous scope.
 */
export async function claimOf(
  call: {
    readonly key: string | undefined;
    readonly caller: Pick<Caller, "key" | "sessionId" | "address">;
    /** The parsed body, so that formatting makes no difference. */
    readonly request: unknown;
  },
  deps: { readonly orders: Pick<OrderRepository, "findClaim"> } & Pick<ApiDeps, "anonymousScope">,
): Promise<Claim | undefined> {
  const { key, caller, request } = call;
  if (key === undefined) return undefined;
  const requestHash = hashOf(request);
  // API keys share the merchant's scope, so that a retry may use the key's replacement
  if (caller.key !== undefined) return { scope: "merchant", key, requestHash };
  const anonymous = { scope: deps.anonymousScope(caller.address), key, requestHash };
  if (caller.sessionId === undefined) return anonymous;
  const before = await deps.orders.findClaim(anonymous);
  if (before?.order.sessionId === caller.sessionId) return anonymous;
  return { scope: sessionScope(caller.sessionId), key, requestHash };
}

export const sessionScope = (sessionId: string) => `session:${sessionId}`;

/**
 * The scope of callers without a session, by `clientLine` of their address: other clients cannot claim their keys. It
 * is an HMAC, so that no address is stored.
 */
export function anonymousScopes(sessionSecret: string): (address: string) => string {
  const key = deriveKey(sessionSecret, "anonymous idempotency keys");
  return (address) => `anonymous:${sign(clientLine(address), key)}`;
}

/** Identifies a request; needs a fixed order of members, as a schema's output has. */
export function hashOf(request: unknown): string {
  return new Bun.CryptoHasher("sha256").update(JSON.stringify(request)).digest("hex");
}
