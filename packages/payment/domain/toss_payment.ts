import type { PaymentCancel, VirtualAccount } from "@payflow/shared";

/** A cancel as Toss keeps it. `mark`: the refund of ours that it is; null for one of another hand. */
export type TossCancel = PaymentCancel & {
  readonly mark: string | null;
};

/** A payment as Toss sees it; all statuses of https://docs.tosspayments.com/reference#payment-객체 */
export type TossPayment = {
  readonly paymentKey: string;
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
  readonly balanceAmount: number;
  readonly currency: string;
  readonly method: string | null;
  readonly approvedAt: string | null;
  readonly receiptUrl: string | null;
  readonly virtualAccount: VirtualAccount | null;
  readonly cancels: readonly TossCancel[];
  readonly failure: { readonly code: string; readonly message: string } | null;
  /** By which Toss's notes of a deposit prove whose they are; told to nobody. */
  readonly secret: string | null;
};

type Refusal = { readonly code: string; readonly message: string };

/** What came of a call that moves money. Whatever is not certainly an end is `unknown`: Toss must be asked. */
export type TossAnswer =
  | { readonly kind: "payment"; readonly payment: TossPayment }
  /** Refused for good: no money has moved by this call. */
  | ({ readonly kind: "declined" } & Refusal)
  /** Refused, since the payment is not as this call takes it to be: nothing has moved by it, but something did before. */
  | ({ readonly kind: "moved" } & Refusal)
  /** Toss has no such payment session (any more). */
  | ({ readonly kind: "session_gone" } & Refusal)
  /** Refused for what the call says, which whoever opened the payment window may have caused: no money has moved by it. */
  | ({ readonly kind: "refused" } & Refusal)
  /** No answer, an unreadable one, or one that leaves open what happened. `answered`: repeating it under the same idempotency key would only repeat the answer. */
  | ({ readonly kind: "unknown"; readonly answered: boolean } & Refusal)
  /** Our keys or contract are wrong: nothing will work until somebody mends them. */
  | ({ readonly kind: "misconfigured" } & Refusal);

/** What a query brought. */
export type TossFinding =
  | { readonly kind: "payment"; readonly payment: TossPayment }
  | { readonly kind: "missing" }
  | ({ readonly kind: "unknown" } & Refusal);
