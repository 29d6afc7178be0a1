import type { Attempt } from "./attempt.ts";
import { findAttempt, keptOf, type Payment } from "./payment.ts";

/** A row of Toss's list: an approval, an account that waits for its deposit (again, when one was taken back), a cancel. */
export type TossTransaction = {
  readonly transactionKey: string;
  readonly paymentKey: string;
  readonly orderId: string;
  readonly kind: "approval" | "waiting" | "cancel";
  readonly amount: number;
};

/**
 * The paymentKeys, by order, of which Toss's list (oldest first) shows something else than the payments do; among them
 * those on an order of ours that were never stored.
 */
export function findBehind(
  listed: readonly TossTransaction[],
  payments: readonly Payment[],
): Map<string, Set<string>> {
  const behind = new Map<string, Set<string>>();
  const byOrder = Map.groupBy(listed, ({ orderId }) => orderId);
  for (const payment of payments) {
    const rows = byOrder.get(payment.orderId) ?? [];
    const keys = rows.flatMap(({ paymentKey }) =>
      findAttempt(payment, paymentKey) ? [] : [paymentKey],
    );
    for (const attempt of payment.attempts)
      if (isBehind(payment, attempt, rows)) keys.push(attempt.paymentKey);
    if (keys.length > 0) behind.set(payment.orderId, new Set(keys));
  }
  return behind;
}

function isBehind(payment: Payment, attempt: Attempt, listed: readonly TossTransaction[]): boolean {
  const rows = listed.filter((row) => row.paymentKey === attempt.paymentKey);
  const newest = rows.findLast((row) => row.kind !== "cancel");
  return (
    (newest !== undefined && !agrees(payment, attempt, newest)) ||
    rows.some((row) => row.kind === "cancel" && !knowsCancel(payment, attempt, row))
  );
}

/** What goes back, or went, is looked at until it has gone, whatever brought it. */
function agrees(
  payment: Payment,
  { paymentKey, status, doubtfulRefusal }: Attempt,
  { kind }: TossTransaction,
): boolean {
  if (status === "VOIDING") return true;
  // a deposit into an account that Toss would not cancel
  if (status === "VOIDED") return !doubtfulRefusal || kind !== "approval";
  const kept = keptOf(payment);
  if (kept?.paymentKey !== paymentKey) return false;
  return kind === "approval" ? kept.approvedAt !== null : kept.approvedAt === null;
}

function knowsCancel(
  payment: Payment,
  { paymentKey, status }: Attempt,
  { transactionKey }: TossTransaction,
): boolean {
  if (status === "VOIDED") return true;
  const kept = keptOf(payment);
  return (
    kept?.paymentKey === paymentKey &&
    kept.cancels.some((cancel) => cancel.transactionKey === transactionKey)
  );
}
