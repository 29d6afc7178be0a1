import type { Card } from "@payflow/ledger/movements";
import type {
  CashReceipt,
  PaymentCancel,
  PaymentFailure,
  RefundLimits,
  VirtualAccount,
} from "@payflow/shared";

/** A cancel as the PSP keeps it. `mark`: the refund of ours that it is; null for one made elsewhere. */
export type ChargeCancel = PaymentCancel & { readonly mark: string | null };

/** What the PSP holds by one paymentKey; an order keeps it of the one approval, or the one account, that is its own. */
export type Kept = {
  readonly paymentKey: string;
  readonly method: string | null;
  readonly approvedAt: string | null;
  readonly balanceAmount: number;
  /** Of it, what the PSP books as free of VAT; 0 where it does not say. */
  readonly taxFreeAmount: number;
  readonly receiptUrl: string | null;
  readonly virtualAccount: VirtualAccount | null;
  readonly refundLimits: RefundLimits;
  readonly cashReceipt: CashReceipt | null;
  readonly isEscrow: boolean;
  /** With their marks, by which a refund is known again. */
  readonly cancels: readonly ChargeCancel[];
};

/** All that the PSP shows of one paymentKey. */
export type Charge = Kept & {
  readonly orderId: string;
  readonly status:
    | "READY"
    | "IN_PROGRESS"
    | "WAITING_FOR_DEPOSIT"
    | "DONE"
    | "PARTIAL_CANCELED"
    | "CANCELED"
    | "ABORTED"
    | "EXPIRED";
  readonly totalAmount: number;
  readonly currency: string;
  readonly failure: PaymentFailure | null;
  /** Of the newest movement that it shows: the approval, a cancel, a deposit that was taken back. */
  readonly transactionKey: string | null;
  readonly card: Card | null;
  /** Of what is left, in won; null where the PSP does not say. */
  readonly vat: number | null;
  /** By which the PSP's deposit webhooks prove to be its own; shown to nobody. */
  readonly secret: string | null;
};

/** A call that moved no money, or may have. */
export type Refusal = PaymentFailure &
  (
    | {
        /**
         * declined: refused for good. moved: the payment is not as the call takes it to be, something changed before.
         * session_gone: the PSP has no such session (any more). refused: for what the call says, which whoever opened
         * the payment window may have caused. misconfigured: our keys or contract are wrong.
         */
        readonly kind: "declined" | "moved" | "session_gone" | "refused" | "misconfigured";
      }
    /** No response, or one that leaves the outcome open. `answered`: a resend under the same key only repeats it. */
    | { readonly kind: "unknown"; readonly answered: boolean }
  );

/** The response to a call that moves money. Whatever is not certainly an end is `unknown`: the PSP must be queried. */
export type Answer = { readonly kind: "payment"; readonly payment: Charge } | Refusal;

/** The response to a status query. */
export type Finding =
  | { readonly kind: "payment"; readonly payment: Charge }
  | { readonly kind: "missing" }
  | ({ readonly kind: "unknown" } & PaymentFailure);
