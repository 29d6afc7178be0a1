import type { Transaction } from "@payflow/ledger/movements";
import { moneyOf } from "./change.ts";
import { findAttempt, type Attempt, type Payment } from "./payment.ts";

/** Order ids are UUIDv7. Any other id belongs to another system that uses the same account at the PSP. */
export function isOurs({ orderId }: Pick<Transaction, "orderId">): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(orderId);
}

/** By payment, the paymentKeys for which the PSP's list (oldest first) differs from the payment. */
export function findBehind(listed: readonly Transaction[], payments: readonly Payment[]) {
  const behind = new Map<Payment, string[]>();
  const byOrder = Map.groupBy(listed, ({ orderId }) => orderId);
  for (const payment of payments) {
    const byKey = Map.groupBy(byOrder.get(payment.orderId) ?? [], ({ paymentKey }) => paymentKey);
    const keys = [...byKey.keys()].filter((key) => isBehind(payment, key, byKey.get(key) ?? []));
    if (keys.length > 0) behind.set(payment, keys);
  }
  return behind;
}

/** The list without the cancels of accounts that the payments know to have been unpaid. */
export function moving(listed: readonly Transaction[], payments: readonly Payment[]) {
  const byOrder = new Map(payments.map((payment) => [payment.orderId, payment]));
  return listed.filter((row) => {
    const payment = byOrder.get(row.orderId);
    const attempt = payment && findAttempt(payment, row.paymentKey);
    if (row.kind !== "cancel" || !attempt || !knowsCancel(payment, attempt, row)) return true;
    return moneyOf(payment, row.paymentKey).came > 0;
  });
}

/** A paymentKey of our order that was never stored is behind as well. */
function isBehind(payment: Payment, paymentKey: string, rows: readonly Transaction[]): boolean {
  const attempt = findAttempt(payment, paymentKey);
  if (attempt === undefined) return true;
  const newest = rows.findLast((row) => row.kind !== "cancel");
  if (newest !== undefined && !agrees(payment, attempt, newest)) return true;
  return rows.some((row) => row.kind === "cancel" && !knowsCancel(payment, attempt, row));
}

/** A VOIDING attempt agrees with any row: it is queried until its money is returned. */
function agrees({ kept }: Payment, attempt: Attempt, { kind }: Transaction): boolean {
  if (attempt.status === "VOIDING") return true;
  // an approval would be a deposit into an account that the PSP did not cancel
  if (attempt.status === "VOIDED") return !attempt.isAbandoned || kind !== "approval";
  if (kept?.paymentKey !== attempt.paymentKey) return false;
  return (kind === "approval") === (kept.approvedAt !== null);
}

function knowsCancel({ kept }: Payment, attempt: Attempt, row: Transaction): boolean {
  if (attempt.status === "VOIDED") return true;
  const isKept = kept?.paymentKey === attempt.paymentKey;
  return isKept && kept.cancels.some((cancel) => cancel.transactionKey === row.transactionKey);
}
