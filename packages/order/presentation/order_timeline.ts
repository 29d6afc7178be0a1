import type { PaidWith, TimelineEntry } from "@payflow/ui";
import { inTime } from "@payflow/console";
import type { LedgerRow, Operate } from "@payflow/back-office";
import { entriesIn, type HistoryEntry } from "@payflow/shared";
import type { Order } from "../domain/order.ts";
import type { ApiDeps } from "./api_route.ts";

/** A page waits no longer for what payment has of its order: what can't be read in this time is left out. */
const pageWaitMs = 1_000;

/** What happened to an order and its money, oldest first, as far as it can be read in a second. Never throws. */
export async function listTimeline(
  order: Pick<Order, "orderId" | "createdAt" | "amount">,
  deps: Pick<ApiDeps, "payments" | "listHistory">,
  waitMs = pageWaitMs,
): Promise<readonly TimelineEntry[]> {
  const { orderId } = order;
  const [own, payment] = await Promise.all([
    inTime(deps.listHistory(orderId), waitMs),
    inTime(deps.payments.history({ orderId }), waitMs),
  ]);
  return orderTimeline(order, payment?.history ?? own ?? []);
}

/**
 * The entries that were recorded with payment's history; or with the order's own, which heard of ends only. They stand
 * in the order in which they were recorded: the provider's whole seconds may end before what came first here.
 */
export function orderTimeline(
  { createdAt, amount }: Pick<Order, "createdAt" | "amount">,
  history: readonly HistoryEntry[],
): TimelineEntry[] {
  let last = createdAt;
  const told = history.flatMap((row) =>
    entriesIn(row).map(({ at = row.at, ...entry }): TimelineEntry => {
      const known = at < row.at ? at : row.at;
      if (known > last) last = known;
      return { ...entry, at: last };
    }),
  );
  return [{ kind: "placed", at: createdAt, amount }, ...told];
}

/** What an order was paid with, as far as it can be read in a second. Never throws. */
export async function findPaidWith(
  orderId: string,
  { operate }: { readonly operate: Operate },
  waitMs = pageWaitMs,
): Promise<PaidWith | undefined> {
  const details = await inTime(operate("details", { orderId }), waitMs);
  return details && paidWith(details.ledger);
}

/** Of a payment that could not be kept, the money went back by a return. */
export function paidWith(ledger: readonly LedgerRow[]): PaidWith | undefined {
  const returned = ledger.filter(({ kind }) => kind === "return").map((row) => row.paymentKey);
  const kept = ledger.findLast(
    ({ kind, paymentKey }) => kind === "capture" && !returned.includes(paymentKey),
  );
  return kept && { method: kept.method, card: kept.card };
}
