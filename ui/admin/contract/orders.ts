import type { LedgerRow, ListedOrder, OrderSums, WebhookRow } from "@payflow/back-office";
import type { HistoryEntry, OrderItem, OrderStatus, PaymentSnapshot } from "@payflow/shared";
import type { RefundRequestView, TimelineEntry } from "../../contract.ts";
import type { AttentionItem } from "./attention.ts";
import type { Listed } from "./listed.ts";

export type OrderFilter = {
  /**
   * An order number, a merchantReference, an order id or an e-mail address (or their beginning), a name, a paymentKey
   * or at least eight characters of it, or an amount (12,000 or 12000원).
   */
  readonly q?: string | undefined;
  readonly status?: OrderStatus | undefined;
  /** Toss's name: 카드, 가상계좌, … */
  readonly method?: string | undefined;
  /** The first and the last day on which orders were placed, both included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
};

export type AdminOrders = {
  /** Newest first. Throws AppError `invalid_request` with `details.errors` for an invalid filter. */
  listOrders(filter: OrderFilter, after?: string): Promise<Listed<OrderRow>>;
  /** Count and sum of the selection; when `isMore`, only of its first orders, at most 10,000 (`countMax`). */
  sumOrders(filter: OrderFilter): Promise<OrderSums>;
  /** The selection as CSV, in chunks, oldest first: UTF-8 with BOM, formulas escaped, column names in `language`. */
  exportOrders(filter: OrderFilter, language: "ko" | "en"): AsyncIterable<string>;
  findOrder(orderId: string): Promise<AdminOrder | undefined>;
  /**
   * Refunds all or a part. Idempotent by `key`. Throws AppError `invalid_request`, `refund_exceeds_balance` and the
   * refusals of POST /api/payments/{orderId}/cancel.
   */
  refund(refund: {
    readonly orderId: string;
    readonly key: string;
    readonly reason: string;
    readonly amount?: number | undefined;
    /** The part of the amount without VAT. */
    readonly taxFreeAmount?: number | undefined;
    readonly refundAccount?: RefundAccountInput | undefined;
  }): Promise<void>;
  /**
   * Grants the open refund request by one refund, however often it is called; of the whole balance unless `amount` is
   * given. Throws AppError as `refund` does, `refund_request_not_open`, `refund_request_granting`.
   */
  grantRefund(given: {
    readonly orderId: string;
    readonly amount?: number | undefined;
    readonly answer?: string | undefined;
    readonly refundAccount?: RefundAccountInput | undefined;
  }): Promise<void>;
  /** `answer` is shown to the shopper. Throws AppError `refund_request_not_open`, `refund_request_granting`. */
  declineRefund(orderId: string, answer: string): Promise<void>;
  cancelOrder(orderId: string, reason: string): Promise<void>;
  /** Ends what was resolved outside PayFlow (`canDismiss`). Safe to repeat. */
  dismiss(orderId: string, reason: string): Promise<void>;
  provideRefundAccount(given: RefundAccountInput & { readonly orderId: string }): Promise<void>;
  /** Makes the payment service query Toss now, whatever its schedule; waits a few seconds for the response. */
  queryToss(orderId: string): Promise<{ readonly isChanged: boolean; readonly isOpen: boolean }>;
  /** A link that opens this order's page in any browser. */
  orderLink(orderId: string): Promise<string>;
  /** Erases the name and the e-mail address from this order. */
  erase(orderId: string, reason: string): Promise<void>;
};

export type RefundAccountInput = {
  readonly bank: string;
  readonly accountNumber: string;
  readonly holderName: string;
};

export type OrderRow = Omit<ListedOrder, "confirmedAt" | "customerName" | "customerEmail"> & {
  /** Masked. */
  readonly customer: string;
};

/** One order with the data of both services. */
export type AdminOrder = {
  readonly orderId: string;
  readonly orderNumber: string;
  readonly merchantReference: string | null;
  /** Empty after erasure. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly returnUrl: string | null;
  readonly orderName: string;
  readonly status: OrderStatus;
  readonly amount: number;
  /** The part of the amount without VAT. */
  readonly taxFreeAmount: number;
  readonly refundedAmount: number;
  readonly items: readonly OrderItem[];
  /** Both empty after erasure. */
  readonly customerName: string;
  readonly customerEmail: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly confirmedAt: string | null;
  readonly payment: PaymentSnapshot | null;
  readonly refundRequest: RefundRequestView | null;
  /** Undefined while the payment service is unreachable. */
  readonly money: AdminPayment | undefined;
  readonly timeline: readonly TimelineEntry[];
  /** Of both services, oldest first; without payment's entries while the payment service is unreachable. */
  readonly history: readonly HistoryEntry[];
  readonly actions: {
    readonly canRefund: boolean;
    /** The amount that can still be refunded. */
    readonly refundable: number;
    /** The part of `refundable` without VAT, by Toss's records. */
    readonly refundableTaxFree: number;
    readonly needsRefundAccount: boolean;
    readonly canCancel: boolean;
    /** A refund was refused by the bank, or Toss does not show the payment. */
    readonly canDismiss: boolean;
    readonly canQueryToss: boolean;
    readonly canErase: boolean;
  };
};

export type AdminPayment = {
  readonly paymentKeys: readonly string[];
  readonly ledger: readonly LedgerRow[];
  readonly webhooks: readonly WebhookRow[];
  readonly openEnds: readonly AttentionItem[];
};
