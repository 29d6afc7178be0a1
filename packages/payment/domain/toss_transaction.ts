import type { Attempt } from "./attempt.ts";
import { keptOf, type Payment } from "./payment.ts";

/** A row of Toss's list: an approval, an account that waits for its deposit (again, when one was taken back), a cancel. */
export type TossTransaction = {
  readonly transactionKey: string;
  readonly paymentKey: string;
  readonly kind: "approval" | "waiting" | "cancel";
};

/** The paymentKeys, by order, of which Toss's list (oldest first) shows something else than the payments do. */
export function findBehind(
  listed: readonly TossTransaction[],
  payments: readonly Payment[],
): Map<string, Set<string>> {
  const behind = new Map<string, Set<string>>();
  for (const payment of payments) {
    for (const attempt of payment.attempts) {
      const { paymentKey } = attempt;
      const rows = listed.filter((row) => row.paymentKey === paymentKey);
      const newest = rows.findLast((row) => row.kind !== "cancel");
      const isBehind =
        (newest !== undefined && !agrees(payment, attempt, newest)) ||
        rows.some(
          (row) => row.kind === "cancel" && !knowsCancel(payment, attempt, row),
        );
      if (!isBehind) continue;
      const paymentKeys = behind.get(payment.orderId) ?? new Set<string>();
      behind.set(payment.orderId, paymentKeys.add(paymentKey));
    }
  }
  return behind;
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
  return kind === "approval"
    ? kept.approvedAt !== null
    : kept.approvedAt === null;
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
