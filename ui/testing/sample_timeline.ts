import type { OrderPage, TimelineEntry, TimelineKind } from "../contract.ts";

/** What must have happened to a sample order that is as it is. */
export function sampleTimeline(order: OrderPage): readonly TimelineEntry[] {
  const { amount, payment, refundedAmount } = order;
  const start = Date.parse(order.createdAt);
  const told: TimelineEntry[] = [];
  const tell = (kind: TimelineKind, more: Partial<TimelineEntry> = {}) => {
    const at = new Date(start + told.length * 47_000).toISOString();
    told.push({ kind, at, ...more });
  };
  tell("placed", { amount });
  if (payment && payment.status !== "EXPIRED") tell("tried");
  if (payment?.failure) tell("declined", { reason: payment.failure });
  if (payment?.virtualAccount) tell("waiting_for_deposit", { amount });
  if (payment?.approvedAt || refundedAmount > 0) tell("paid", { amount });
  if (refundedAmount > 0) tell("refunded", { amount: refundedAmount });
  if (order.status === "CANCELED") tell("canceled");
  if (order.status === "EXPIRED") tell("expired");
  if (payment?.refunding || order.moneyReturned) tell("came_late");
  if (order.moneyReturned) tell("went_back", { amount });
  return told;
}
