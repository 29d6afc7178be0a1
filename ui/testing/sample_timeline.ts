import type { OrderPage, TimelineEntry, TimelineKind } from "../contract.ts";

/** The events that lead to this state of a sample order. */
export function sampleTimeline(order: OrderPage): readonly TimelineEntry[] {
  const { amount, payment, refundedAmount } = order;
  const start = Date.parse(order.createdAt);
  const entries: TimelineEntry[] = [];
  const add = (kind: TimelineKind, more: Partial<TimelineEntry> = {}) => {
    const at = new Date(start + entries.length * 47_000).toISOString();
    entries.push({ kind, at, ...more });
  };
  add("placed", { amount });
  if (payment && payment.status !== "EXPIRED") add("tried");
  if (payment?.failure) add("declined", { reason: payment.failure });
  if (payment?.virtualAccount) add("waiting_for_deposit", { amount });
  if (payment?.approvedAt || refundedAmount > 0) add("paid", { amount });
  if (refundedAmount > 0) add("refunded", { amount: refundedAmount });
  if (order.status === "CANCELED") add("canceled");
  if (order.status === "EXPIRED") add("expired");
  const returned = payment?.returnedAmount ?? 0;
  if (payment?.refunding || returned > 0) add("came_late");
  if (returned > 0) add("went_back", { amount: returned });
  if (payment?.refundDelayed) add("refund_delayed");
  return entries;
}
