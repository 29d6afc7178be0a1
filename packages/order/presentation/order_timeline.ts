import type { PaidWith, TimelineEntry } from "@payflow/ui";
import { readWithin } from "@payflow/console";
import type { LedgerRow, Operate } from "@payflow/back-office";
import { entriesIn, type HistoryEntry } from "@payflow/shared";
import type { Order } from "../domain/order.ts";
import type { ApiDeps } from "./api_route.ts";

/** How long a page waits for payment's data; later data is left out. */
const pageWaitMs = 1_000;

/** The timeline of an order and its money, oldest first; without data that takes longer than `waitMs`. Never throws. */
export async function listTimeline(
  order: Pick<Order, "orderId" | "createdAt" | "amount">,
  deps: Pick<ApiDeps, "payments" | "listHistory">,
  waitMs = pageWaitMs,
): Promise<readonly TimelineEntry[]> {
  const { orderId } = order;
  const [own, payment] = await Promise.all([
    readWithin(deps.listHistory(orderId), waitMs),
    readWithin(deps.payments.history({ orderId }), waitMs),
  ]);
  return orderTimeline(order, payment?.history ?? own ?? []);
}

/**
 * Entries of payment's history, or of the order's own, which has outcomes only. They keep the order of recording: the
 * provider's times have whole seconds, and may lie before an earlier entry.
 */
export function orderTimeline(
  { createdAt, amount }: Pick<Order, "createdAt" | "amount">,
  history: readonly HistoryEntry[],
): TimelineEntry[] {
  let last = createdAt;
  const entries = history.flatMap((row) =>
    entriesIn(row).map(({ at = row.at, ...entry }): TimelineEntry => {
      const known = at < row.at ? at : row.at;
      if (known > last) last = known;
      return { ...entry, at: last };
    }),
  );
  return [{ kind: "placed", at: createdAt, amount }, ...entries];
}

/** The method that an order was paid with; undefined if reading it takes longer than `waitMs`. Never throws. */
export async function findPaidWith(
  orderId: string,
  { operate }: { readonly operate: Operate },
  waitMs = pageWaitMs,
): Promise<PaidWith | undefined> {
  const details = await readWithin(operate("details", { orderId }), waitMs);
  return details && paidWith(details.ledger);
}

/** The method of the last capture that was not returned: a return means that the order could not keep that payment. */
export function paidWith(ledger: readonly LedgerRow[]): PaidWith | undefined {
  const returned = ledger.filter(({ kind }) => kind === "return").map((row) => row.paymentKey);
  const kept = ledger.findLast(
    ({ kind, paymentKey }) => kind === "capture" && !returned.includes(paymentKey),
  );
  return kept && { method: kept.method, card: kept.card };
}
