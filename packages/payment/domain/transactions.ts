import type { Transaction } from "@payflow/ledger/movements";
import { findAttempt, type Attempt, type Payment } from "./payment.ts";

/** Order's ids are UUIDs of version 7: money by others is another system's, which has the same account at the PSP. */
export function isOurs({ orderId }: Pick<Transaction, "orderId">): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(orderId);
}

/**
 * The paymentKeys, by payment, of which the PSP's list (oldest first) shows something else than the payments do; among
 * them those on an order of ours that were never stored.
 */
export function findBehind(
  listed: readonly Transaction[],
  payments: readonly Payment[],
): Map<Payment, Set<string>> {
  const behind = new Map<Payment, Set<string>>();
  const byOrder = Map.groupBy(listed, ({ orderId }) => orderId);
  for (const payment of payments) {
    const rows = byOrder.get(payment.orderId) ?? [];
    const keys = rows.flatMap(({ paymentKey }) =>
      findAttempt(payment, paymentKey) ? [] : [paymentKey],
    );
    for (const attempt of payment.attempts)
      if (isBehind(payment, attempt, rows)) keys.push(attempt.paymentKey);
    if (keys.length > 0) behind.set(payment, new Set(keys));
  }
  return behind;
}

function isBehind(payment: Payment, attempt: Attempt, listed: readonly Transaction[]): boolean {
  const rows = listed.filter((row) => row.paymentKey === attempt.paymentKey);
  const newest = rows.findLast((row) => row.kind !== "cancel");
  return (
    (newest !== undefined && !agrees(payment, attempt, newest)) ||
    rows.some((row) => row.kind === "cancel" && !knowsCancel(payment, attempt, row))
  );
}

/** What goes back, or went, is queried until it has gone, whatever brought it. */
function agrees({ kept }: Payment, attempt: Attempt, { kind }: Transaction): boolean {
  if (attempt.status === "VOIDING") return true;
  // else a deposit into an account that the PSP would not cancel
  if (attempt.status === "VOIDED") return !attempt.isAbandoned || kind !== "approval";
  if (kept?.paymentKey !== attempt.paymentKey) return false;
  return (kind === "approval") === (kept.approvedAt !== null);
}

function knowsCancel(
  { kept }: Payment,
  { paymentKey, status }: Attempt,
  { transactionKey }: Transaction,
): boolean {
  if (status === "VOIDED") return true;
  const isKept = kept?.paymentKey === paymentKey;
  return isKept && kept.cancels.some((cancel) => cancel.transactionKey === transactionKey);
}
