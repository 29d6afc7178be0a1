import { expect, test } from "bun:test";
import { isTemporary } from "@payflow/database";
import { openPayment, type Payment } from "../domain/payment.ts";
import { answered, at, atToss, facts } from "../testing/given.ts";
import type { SweepProgress } from "@payflow/shared";
import type { PaymentDeps } from "./ports.ts";
import { settleListed, sweepTransactions } from "./sweep_transactions.ts";

/** A sweep in which the database is restored during the `restoredAt`th list, counted from 1. */
async function sweptWhile(restoredAt: number) {
  const steps: string[] = [];
  let lists = 0;
  const deps = {
    payments: { findMany: async () => [] },
    gateway: { listTransactions: async () => (lists++, []) },
    moment: () => at(2 * 60 * 60),
    progress: { read: async () => at(0).now, advance: async (to: string) => void steps.push(to) },
    proof: {
      incarnation: async () => (lists < restoredAt ? "before" : "after"),
      keepUnclaimed: async () => {},
      prove: async (incarnation: string) => void steps.push(`proven ${incarnation}`),
    },
  } as unknown as PaymentDeps & { readonly progress: SweepProgress };
  await sweepTransactions(deps);
  return steps;
}

test("a sweep of a database that was restored meanwhile ends, and leaves its progress as it is", async () => {
  expect(await sweptWhile(1)).toEqual([]);
  expect((await sweptWhile(2)).length).toBe(1);
  expect((await sweptWhile(Infinity)).at(-1)).toBe("proven before");
});

test("a paymentKey without a readable response blocks no other of its order, and ends no sweep", async () => {
  let saved: Payment = { ...openPayment(facts), version: 1 };
  const faults: unknown[] = [];
  const deps = {
    payments: {
      findMany: async () => [saved],
      find: async () => saved,
      save: async ({ state }: { state: Payment }) => ((saved = state), "saved"),
    },
    gateway: {
      find: async (paymentKey: string) =>
        paymentKey === "lost" ? answered(atToss({ paymentKey })) : { kind: "unknown", code: "" },
    },
    moment: () => at(20),
    proof: { isProven: async () => true, keepUnclaimed: async () => {}, onRebuilt: async () => {} },
    isTemporary,
    onFault: (_: unknown, error: unknown) => faults.push(error),
    faultPoint: () => {},
  };
  const listed = ["poisoned", "lost"].map((paymentKey) => ({
    ...{ kind: "approval", orderId: facts.orderId, paymentKey, transactionKey: paymentKey },
    ...{ amount: 1000, currency: "KRW", at: at(10).now },
  }));
  // it may hold money: the database is not proven without it
  expect(await settleListed(listed as never, deps as never)).toEqual({ behind: 1, isWhole: false });
  expect(saved.kept?.paymentKey).toBe("lost");
  expect(faults.length).toBe(1);
});
