// A movement of money at the provider, as the ledger books it and as the provider's list shows it. These functions are
// pure: a service computes the entries of its change with them, and writes the entries with the change.
import { sumWon, type MovementKind, type PaymentCancel } from "@payflow/shared";

/** The card as the provider shows it, masked; codes are the provider's. */
export type Card = {
  readonly issuer: string;
  readonly number: string;
  /** 0: paid at once. */
  readonly installmentMonths: number;
  /** The buyer pays nothing for the instalments. */
  readonly isInterestFree: boolean;
  readonly approvalNumber: string;
};

export type LedgerEntry = {
  readonly orderId: string;
  readonly paymentKey: string;
  /**
   * capture: money came. refund: money that paid for the order went back. return: money that could not be kept went
   * back. deposit_reversal: the bank took a deposit back. correction: less went back than was booked, because of a
   * rebuilt payment or a response that shows a returned deposit again.
   */
  readonly kind: MovementKind;
  /** In won; negative for money that went back. */
  readonly amount: number;
  /** The provider's time; the time of recording if the provider does not say. */
  readonly occurredAt: string;
  /** The provider's key of the movement; null if its response does not show it. */
  readonly transactionKey: string | null;
  readonly method: string | null;
  readonly card: Card | null;
  /** In won; null if the provider's response does not show it. */
  readonly vat: number | null;
  /** The tax-free part of the amount in the provider's books, with its sign; null if its response lacks it. */
  readonly taxFree: number | null;
  readonly receiptUrl: string | null;
};

/** Start and end, in ISO 8601. */
export type Span = { readonly from: string; readonly to: string };

/** A row of the provider's list: an approval, an account that waits for its deposit (again), a cancel. */
export type Transaction = {
  readonly transactionKey: string;
  readonly paymentKey: string;
  readonly orderId: string;
  readonly kind: "approval" | "waiting" | "cancel";
  readonly amount: number;
  readonly currency: string;
};

/** The parts of a response about a paymentKey that are booked. */
type Shown = Pick<
  LedgerEntry,
  "orderId" | "paymentKey" | "method" | "card" | "receiptUrl" | "vat" | "transactionKey"
> & {
  readonly approvedAt: string | null;
  readonly taxFreeAmount: number;
  readonly cancels: readonly PaymentCancel[];
};

/** The amounts that came and went by a paymentKey, in won. */
type Money = { readonly came: number; readonly went: number };

/** The entries that a change books for the paymentKey of a response. */
export function booked(
  shown: Shown,
  change: {
    readonly was: Money;
    readonly is: Money;
    /** The kind of the entries for money that goes back. */
    readonly left: "refund" | "return";
    readonly now: string;
  },
): LedgerEntry[] {
  const { was, is, left, now } = change;
  const { orderId, paymentKey, method, card, receiptUrl, cancels, transactionKey } = shown;
  const of = { orderId, paymentKey, method, card, vat: null, taxFree: null, receiptUrl };
  const entries: LedgerEntry[] = [];
  const came = is.came - was.came;
  // after a cancel, the response shows neither the approval's key nor its taxes
  const taxes = { vat: shown.vat, taxFree: shown.taxFreeAmount };
  const own = cancels.length === 0 ? { transactionKey, ...taxes } : { transactionKey: null };
  const approved = { ...of, ...own, occurredAt: shown.approvedAt ?? now };
  if (came > 0) entries.push({ ...approved, kind: "capture", amount: came });
  const unsaid = { ...of, occurredAt: now, transactionKey };
  if (came < 0) entries.push({ ...unsaid, kind: "deposit_reversal", amount: came });
  const went = is.went - was.went;
  const fresh = newest(cancels, went);
  if (fresh)
    for (const cancel of fresh) {
      const { canceledAt: occurredAt, transactionKey: key } = cancel;
      const sums = { amount: -cancel.amount, taxFree: 0 - cancel.taxFreeAmount };
      entries.push({ ...of, kind: left, ...sums, occurredAt, transactionKey: key });
    }
  else if (went !== 0) {
    const kind = went > 0 ? left : "correction";
    entries.push({ ...unsaid, kind, amount: -went, transactionKey: null });
  }
  return entries.filter(({ amount }) => amount !== 0);
}

/** The last cancels that add up to `went`; undefined if there are none. */
function newest(cancels: readonly PaymentCancel[], went: number): PaymentCancel[] | undefined {
  const tails = cancels.map((_, index) => cancels.slice(index)).toReversed();
  return tails.find((tail) => sumWon(tail.map(({ amount }) => amount)) === went);
}
