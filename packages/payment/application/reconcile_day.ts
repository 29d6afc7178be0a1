import { compareDay } from "../domain/reconciliation.ts";
import { isOurs } from "../domain/transactions.ts";
import type { Reconciliations } from "./ports.ts";
import { settleListed, type ListDeps } from "./sweep_transactions.ts";

/**
 * Compares a day that is due with the PSP's list: what the list has more is queried first, like any finding, and what
 * then still differs is kept as an exception. Returns how many days were compared, 0 or 1.
 */
export async function reconcileDay(
  deps: ListDeps & {
    readonly reconciliations: Reconciliations;
    readonly onExceptions: (day: string, count: number) => void;
  },
): Promise<number> {
  const { reconciliations, gateway } = deps;
  const due = await reconciliations.claim();
  if (due === undefined) return 0;
  const listed = (await gateway.listTransactions(due)).filter(isOurs);
  const { isWhole } = await settleListed(listed, deps);
  const keys = [...new Set(listed.map(({ paymentKey }) => paymentKey))];
  const comparison = compareDay(listed, await reconciliations.booked(due, keys), due);
  const count = comparison.exceptions.length;
  // what could not be queried for now is no exception yet: the claim runs out, and the day is due again
  if (count > 0 && !isWhole) return 0;
  await reconciliations.finish(due.day, comparison);
  if (count > 0) deps.onExceptions(due.day, count);
  return 1;
}
