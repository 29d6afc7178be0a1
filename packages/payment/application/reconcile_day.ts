import { compareDay } from "../domain/reconciliation.ts";
import { isOurs } from "../domain/transactions.ts";
import type { Reconciliations } from "./ports.ts";
import { settleListed, type ListDeps } from "./sweep_transactions.ts";

/**
 * Compares a day that is due with the PSP's list. Payments of which the list shows otherwise are queried first, like any
 * finding, and what then still differs is kept as an exception. Returns how many days were compared, 0 or 1.
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
  const keys = [...new Set(listed.map(({ paymentKey }) => paymentKey))];
  const compare = async () => compareDay(listed, await reconciliations.booked(due, keys), due);
  let comparison = await compare();
  const differing = new Set(
    comparison.exceptions.flatMap((one) => (one.kind === "missing_there" ? [] : one.paymentKey)),
  );
  if (differing.size > 0) {
    await settleListed(
      listed.filter(({ paymentKey }) => differing.has(paymentKey)),
      deps,
    );
    comparison = await compare();
  }
  const open = await reconciliations.finish(due, comparison);
  if (open > 0) deps.onExceptions(due.day, open);
  return 1;
}
