import type { VirtualAccount } from "./payment_snapshot.ts";

/** What a mail to a shopper says about their order; sums in won. It names nobody. */
export type OrderMail =
  | { readonly kind: "placed" | "canceled" | "expired" | "account_needed" }
  | { readonly kind: "account"; readonly account: VirtualAccount }
  | { readonly kind: "paid"; readonly method: string | null; readonly receiptUrl: string | null }
  /** `isReturn`: money that the order could not keep. */
  | { readonly kind: "refunded"; readonly amount: number; readonly isReturn: boolean }
  | {
      readonly kind: "request_granted";
      readonly amount: number;
      readonly answer: string | null;
    }
  | { readonly kind: "request_declined"; readonly answer: string };
