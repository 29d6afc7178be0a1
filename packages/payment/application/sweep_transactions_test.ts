import { expect, test } from "bun:test";
import { at } from "../testing/given.ts";
import type { PaymentDeps, SweepProgress } from "./ports.ts";
import { sweepTransactions } from "./sweep_transactions.ts";

/** A sweep during whose `restoredAt`th list, from 1 on, the database was restored. */
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
