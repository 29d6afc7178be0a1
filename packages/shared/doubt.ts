import { isClosed, PaymentSnapshot } from "./payment_snapshot.ts";
import { sameJson } from "./same_json.ts";

/** behind: order has a newer version. differs: same version, other content. contradicts: cannot follow order's. */
export type Doubt = "behind" | "differs" | "contradicts";

/** Why payment's row must not be trusted, given the snapshot that order applied; null: it can be trusted. */
export function doubtOf(
  row: PaymentSnapshot | undefined,
  known: PaymentSnapshot | null,
): Doubt | null {
  if (known === null) return null;
  if (row === undefined || row.paymentVersion < known.paymentVersion) return "behind";
  const isSameVersion = row.paymentVersion === known.paymentVersion;
  if (isSameVersion && !isSameSnapshot(row, known)) return "differs";
  return contradicts(known, row) ? "contradicts" : null;
}

/** Compares the fields of a snapshot only: either may be a `PaymentView`, which has more. */
function isSameSnapshot(row: PaymentSnapshot, known: PaymentSnapshot): boolean {
  return snapshotFields.every((name) => sameJson(row[name], known[name]));
}

/**
 * True when `later` cannot follow `earlier` unless payment's database lost rows: an approval or an account leaves a
 * trace, a payment closed unpaid is never open again, and the refunded amount never decreases.
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
