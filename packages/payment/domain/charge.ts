import type { Card } from "@payflow/ledger/movements";
import type { PaymentCancel, PaymentFailure, PaymentSnapshot } from "@payflow/shared";
import type { PaymentStatus, RefundLimits } from "@payflow/shared";

/** A cancel as the PSP stores it. `mark`: of our refund that made it; null for a cancel made elsewhere. */
export type ChargeCancel = PaymentCancel & { readonly mark: string | null };

/** The PSP's payment of one paymentKey. An order keeps only the one approval, or the one account, that pays for it. */
export type Kept = Readonly<
  Pick<PaymentSnapshot, "method" | "approvedAt" | "receiptUrl" | "virtualAccount"> &
    Pick<PaymentSnapshot, "cashReceipt" | "isEscrow">
> & {
  readonly paymentKey: string;
  readonly balanceAmount: number;
  /** The tax-free part of the balance in the PSP's books; 0 if the PSP does not say. */
  readonly taxFreeAmount: number;
  readonly refundLimits: RefundLimits;
  /** With their marks, by which our refunds are recognised. */
  readonly cancels: readonly ChargeCancel[];
};

/** Everything that a response of the PSP shows for one paymentKey. */
export type Charge = Kept & {
  readonly orderId: string;
  readonly status: PaymentStatus | "ABORTED";
  readonly totalAmount: number;
  readonly currency: string;
  readonly failure: PaymentFailure | null;
  /** Of the newest movement: the approval, a cancel, or the reversal of a deposit. */
  readonly transactionKey: string | null;
  readonly card: Card | null;
  /** The bank transfer of a deposit's refund, until it is made; FAILED: the bank refused it. */
  readonly payout: "PENDING" | "FAILED" | "PARTIAL_FAILED" | null;
  /** VAT of the balance, in won; null if the PSP does not say. */
  readonly vat: number | null;
  /** Authenticates the PSP's deposit webhooks; must never be exposed. */
  readonly secret: string | null;
};

/** The response to a call that moved no money, or whose outcome is unknown. */
export type Refusal = PaymentFailure &
  (
    | {
        /**
         * declined: final. moved: the payment changed at the PSP before the call. session_gone: the PSP has no such
         * session, or no longer. refused: the request is invalid, which the client of the payment window can cause.
         * misconfigured: our keys or contract are wrong.
         */
        readonly kind: "declined" | "moved" | "session_gone" | "refused" | "misconfigured";
      }
    /** No response, or one that leaves the outcome open. `answered`: a resend under the same key repeats it. */
    | { readonly kind: "unknown"; readonly answered: boolean }
  );

/** The response to a call that moves money. Any response that is not certainly final is `unknown`: query the PSP. */
export type Answer = { readonly kind: "payment"; readonly payment: Charge } | Refusal;

/** The response to a status query. */
export type Finding =
  | { readonly kind: "payment"; readonly payment: Charge }
  | { readonly kind: "missing" }
  | ({ readonly kind: "unknown" } & PaymentFailure);
