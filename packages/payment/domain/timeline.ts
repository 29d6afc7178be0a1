// What a change means for the order's timeline; it is recorded with the change.
import { statusEntries, type RecordedEntry } from "@payflow/shared";
import { findAttempt, type Attempt, type Payment } from "./payment.ts";
import { snapshotOf } from "./snapshot.ts";

export function entriesOf(before: Payment, after: Payment): RecordedEntry[] {
  const isTried = after.attempts.some(
    ({ status, paymentKey }) => status === "REQUESTED" && !findAttempt(before, paymentKey),
  );
  const returns = after.attempts.flatMap((attempt) =>
    returnsOf(findAttempt(before, attempt.paymentKey), attempt),
  );
  // a deposit for a closed order that went back is no payment of it, though the PSP shows both
  const isReturned = returns.some(({ kind }) => kind === "went_back");
  return [
    ...(isTried ? [{ kind: "tried" } as const] : []),
    ...(isReturned ? [] : statusEntries(snapshotOf(before), snapshotOf(after))),
    ...(isReturned ? [] : refundsOf(before, after)),
    ...returns,
  ];
}

/** The PSP keeps the amount and the time of every cancel; that of an account into which nobody paid is no refund. */
function refundsOf(before: Payment, after: Payment): RecordedEntry[] {
  if (after.kept?.approvedAt == null) return [];
  const known = new Set(before.kept?.cancels.map(({ transactionKey }) => transactionKey));
  return after.kept.cancels
    .filter(({ transactionKey }) => !known.has(transactionKey))
    .map(({ amount, canceledAt }) => ({ kind: "refunded", amount, at: canceledAt }));
}

function returnsOf(before: Attempt | undefined, after: Attempt): RecordedEntry[] {
  const was = before ? onItsWayBack(before) : 0;
  const amount = onItsWayBack(after);
  const came: RecordedEntry[] = was === 0 && amount > 0 ? [{ kind: "came_late" }] : [];
  return was > 0 && amount === 0 ? [{ kind: "went_back", amount: was }] : came;
}

/** Money that came by an attempt and can't be kept, in won. */
function onItsWayBack({ status, cancel }: Attempt): number {
  return status === "VOIDING" ? (cancel?.amount ?? 0) : 0;
}
