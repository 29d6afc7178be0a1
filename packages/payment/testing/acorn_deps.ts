import type { Kysely } from "kysely";
import type { PaymentDeps } from "../application/ports.ts";
import { postgresPayments } from "../infrastructure/postgres_payments.ts";
import { acornProfile, type createAcornPay } from "./acorn_pay.ts";

/** The use cases over a database and Acorn Pay, without background work. */
export function acornDeps(
  db: Kysely<never>,
  { acorn, now }: { readonly acorn: ReturnType<typeof createAcornPay>; readonly now: () => string },
): PaymentDeps {
  const newId = () => Bun.randomUUIDv7();
  const none = () => {};
  return {
    payments: postgresPayments(db, { newId, now, onSaved: none, onChanged: none }),
    gateway: acorn.gateway,
    reach: { mayClaim: async () => true, isToWake: () => false, woke() {} },
    moment: () => ({
      now: now(),
      newId,
      reconcileAfterMs: 5_000,
      callLimitMs: 10_000,
      psp: acornProfile,
    }),
    awaitOutcome: async ({ payment, outcome }) => (await outcome) ?? payment,
    onMisconfigured: none,
    proof: {
      isProven: async () => true,
      hasUnclaimed: async () => false,
      incarnation: async () => "1",
      prove: async () => {},
      keepUnclaimed: async () => {},
      onRebuilt() {},
      needsReview: async () => true,
    },
    isTemporary: () => false,
    onFault: none,
    faultPoint: none,
  };
}
