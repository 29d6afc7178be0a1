import type { VirtualAccount } from "./payment_snapshot.ts";

/** The stored facts of a mail to a shopper; amounts in won. They contain no name or address. */
export type OrderMail =
  | { readonly kind: "placed" | "canceled" | "expired" | "account_needed" }
  | { readonly kind: "account"; readonly account: VirtualAccount }
  | { readonly kind: "paid"; readonly method: string | null; readonly receiptUrl: string | null }
  /** `isReturn`: the amount came for a closed or paid order, and was returned. */
  | { readonly kind: "refunded"; readonly amount: number; readonly isReturn: boolean }
  | {
      readonly kind: "request_granted";
      readonly amount: number;
      readonly answer: string | null;
    }
  | { readonly kind: "request_declined"; readonly answer: string };
