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

test("a sweep of a database that was restored meanwhile ends without changing its progress", async () => {
  expect(await sweptWhile(1)).toEqual([]);
  expect((await sweptWhile(2)).length).toBe(1);
  expect((await sweptWhile(Infinity)).at(-1)).toBe("proven before");
});

/** One payment without attempts. The PSP shows an approval of the paymentKey "lost", and does not answer for others. */
function withLost(save: (state: Payment) => void = () => {}) {
  let saved: Payment = { ...openPayment(facts), version: 1 };
  const faults: unknown[] = [];
  const rebuilt: unknown[] = [];
  const deps = {
    payments: {
      findMany: async () => [saved],
      find: async () => saved,
      async save({ state }: { state: Payment }) {
        save(state);
        saved = state;
        return "saved";
      },
    },
    gateway: {
      find: async (paymentKey: string) =>
        paymentKey === "lost" ? answered(atToss({ paymentKey })) : { kind: "unknown", code: "" },
    },
    moment: () => at(20),
    proof: {
      isProven: async () => true,
      keepUnclaimed: async () => {},
      onRebuilt: (found: unknown) => void rebuilt.push(found),
    },
    isTemporary,
    onFault: (_: unknown, error: unknown) => faults.push(error),
    faultPoint: () => {},
  };
  const settle = (...paymentKeys: string[]) => {
    const listed = paymentKeys.map((paymentKey) => ({
      ...{ kind: "approval", orderId: facts.orderId, paymentKey, transactionKey: paymentKey },
      ...{ amount: 1000, currency: "KRW", at: at(10).now },
    }));
    return settleListed(listed as never, deps as never);
  };
  return { settle, saved: () => saved, faults, rebuilt };
}

test("a paymentKey without a readable response blocks no other of its order, and ends no sweep", async () => {
  const { settle, saved, faults } = withLost();
  // it may hold money: the database is not proven without it
  expect(await settle("poisoned", "lost")).toEqual({ behind: 1, isWhole: false });
  expect(saved().kept?.paymentKey).toBe("lost");
  expect(faults.length).toBe(1);
});

test("a payment counts as rebuilt only once its change is saved", async () => {
  let isBroken = true;
  const { settle, faults, rebuilt } = withLost(() => {
    if (isBroken) throw new Error("not saved");
  });
  await settle("lost");
  expect([faults.length, rebuilt]).toEqual([1, []]);
  isBroken = false;
  await settle("lost");
  expect(rebuilt).toEqual([{ orderId: facts.orderId, doubt: "behind" }]);
});
