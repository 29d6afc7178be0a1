import type { Kysely } from "kysely";
import { compareDay } from "./compare_day.ts";
import type { Span, Transaction } from "./movements.ts";
import { reconciliations } from "./reconciliations.ts";

/**
 * Compares a due day with the provider's list. Payments that lack a listed movement are settled first; the remaining
 * differences are stored as exceptions. Returns how many days were compared, 0 or 1.
 */
export async function reconcileDay(
  db: Kysely<never>,
  options: {
    /** The provider's transactions of our orders, oldest first. */
    readonly list: (span: Span) => Promise<readonly Transaction[]>;
    /** Without the cancels of accounts that are known to have been unpaid. */
    readonly moving: (listed: readonly Transaction[]) => Promise<readonly Transaction[]>;
    /** Settles the payments of these transactions, which books missing movements. */
    readonly settle: (listed: readonly Transaction[]) => Promise<unknown>;
    readonly onExceptions: (day: string, count: number) => void;
  },
): Promise<number> {
  const days = reconciliations(db);
  const due = await days.claim();
  if (due === undefined) return 0;
  const listed = await options.list(due);
  const keys = [...new Set(listed.map(({ paymentKey }) => paymentKey))];
  const compare = async () =>
    compareDay(await options.moving(listed), await days.booked(due, keys), due);
  let comparison = await compare();
  const differing = new Set(
    comparison.exceptions.flatMap((one) => (one.kind === "missing_there" ? [] : one.paymentKey)),
  );
  if (differing.size > 0) {
    await options.settle(listed.filter(({ paymentKey }) => differing.has(paymentKey)));
    comparison = await compare();
  }
  const open = await days.finish(due, comparison);
  if (open > 0) options.onExceptions(due.day, open);
  return 1;
}
