import { isClosed, PaymentSnapshot } from "./payment_snapshot.ts";
import { sameJson } from "./same_json.ts";

/** behind: order was told a newer version. differs: the same version says something else. contradicts: an older one can't have led here. */
export type Doubt = "behind" | "differs" | "contradicts";

/** Why payment's row must not be relied on, by what order was told of it before; null: it may be. */
export function doubtOf(
  row: PaymentSnapshot | undefined,
  told: PaymentSnapshot | null,
): Doubt | null {
  if (told === null) return null;
  if (row === undefined || row.paymentVersion < told.paymentVersion) return "behind";
  const isSameVersion = row.paymentVersion === told.paymentVersion;
  if (isSameVersion && !saysTheSame(row, told)) return "differs";
  return contradicts(told, row) ? "contradicts" : null;
}

/** Either may hold more than a snapshot, when it came as an answer. */
function saysTheSame(row: PaymentSnapshot, told: PaymentSnapshot): boolean {
  return snapshotFields.every((name) => sameJson(row[name], told[name]));
}

/**
 * True when one payment can't have said both, the second after the first, unless its database lost something: money or an
 * account leaves a trace, what was closed unpaid is never open again, and what went back does not return.
 */
export function contradicts(earlier: PaymentSnapshot, later: PaymentSnapshot): boolean {
  const isPaid = later.approvedAt !== null;
  const hasAccount = later.virtualAccount !== null || later.status === "WAITING_FOR_DEPOSIT";
  if (earlier.approvedAt !== null && !isPaid) return !hasAccount;
  if (earlier.approvedAt !== null) return later.refundedAmount < earlier.refundedAmount;
  if (isClosed(earlier)) return !isPaid && !isClosed(later);
  const waited = earlier.status === "WAITING_FOR_DEPOSIT";
  return waited && !isPaid && !hasAccount && !isClosed(later);
}

const snapshotFields = Object.keys(PaymentSnapshot.entries) as (keyof PaymentSnapshot)[];
