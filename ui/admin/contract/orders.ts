import type { LedgerRow, ListedOrder, OrderSums, WebhookRow } from "@payflow/back-office";
import type { HistoryEntry, OrderItem, OrderStatus, PaymentSnapshot } from "@payflow/shared";
import type { RefundRequestView, TimelineEntry } from "../../contract.ts";
import type { AttentionItem } from "./attention.ts";
import type { Listed } from "./listed.ts";

export type OrderFilter = {
  /**
   * An order's number, its merchantReference, its id or the beginning of that, an e-mail address or its beginning, a name, a paymentKey or a part of it (of eight
   * characters or more), a sum (12,000 or 12000원).
   */
  readonly q?: string | undefined;
  readonly status?: OrderStatus | undefined;
  /** As Toss names it: 카드, 가상계좌, … */
  readonly method?: string | undefined;
  /** The first and the last day of placing. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
};

export type AdminOrders = {
  /** Newest first. Throws AppError `invalid_request` with `details.errors` for a filter that makes no sense. */
  listOrders(filter: OrderFilter, after?: string): Promise<Listed<OrderRow>>;
  /** Count and sum of the selection; `isMore` when there are more than the `countMax` (10,000) that were counted. */
  sumOrders(filter: OrderFilter): Promise<OrderSums>;
  /** The same selection as CSV, in pieces, oldest first: UTF-8 with BOM, without formulas, in `language`'s heads. */
  exportOrders(filter: OrderFilter, language: "ko" | "en"): AsyncIterable<string>;
  findOrder(orderId: string): Promise<AdminOrder | undefined>;
  /**
   * Refunds all or a part. Safe to repeat: the same `key` is the same refund. Throws AppError `invalid_request`,
   * `refund_exceeds_balance` and what POST /api/payments/{orderId}/cancel refuses with.
   */
  refund(refund: {
    readonly orderId: string;
    readonly key: string;
    readonly reason: string;
    readonly amount?: number | undefined;
    /** Of the amount, what bears no VAT. */
    readonly taxFreeAmount?: number | undefined;
    readonly refundAccount?: RefundAccountInput | undefined;
  }): Promise<void>;
  /**
   * Grants the open refund request by a refund, of all that is left unless `amount` is given; once, however often it is
   * called. Throws AppError as `refund` does, `refund_request_not_open`, `refund_request_granting`.
   */
  grantRefund(given: {
    readonly orderId: string;
    readonly amount?: number | undefined;
    readonly answer?: string | undefined;
    readonly refundAccount?: RefundAccountInput | undefined;
  }): Promise<void>;
  /** With a sentence for the shopper. Throws AppError `refund_request_not_open`, `refund_request_granting`. */
  declineRefund(orderId: string, answer: string): Promise<void>;
  cancelOrder(orderId: string, reason: string): Promise<void>;
  provideRefundAccount(given: RefundAccountInput & { readonly orderId: string }): Promise<void>;
  /** Makes the payment service query Toss now, whatever its schedule says; waits for the response for some seconds. */
  queryToss(orderId: string): Promise<{ readonly isChanged: boolean; readonly isOpen: boolean }>;
  /** The link that opens this order's page for whoever has it. */
  orderLink(orderId: string): Promise<string>;
  /** Removes name and e-mail from this order. */
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

/** One order with all that both services know of it. */
export type AdminOrder = {
  readonly orderId: string;
  readonly orderNumber: string;
  readonly merchantReference: string | null;
  /** Empty once it was erased. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly returnUrl: string | null;
  readonly orderName: string;
  readonly status: OrderStatus;
  readonly amount: number;
  /** Of the amount, what bears no VAT. */
  readonly taxFreeAmount: number;
  readonly refundedAmount: number;
  readonly items: readonly OrderItem[];
  /** Both empty once they were erased. */
  readonly customerName: string;
  readonly customerEmail: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly confirmedAt: string | null;
  readonly payment: PaymentSnapshot | null;
  readonly refundRequest: RefundRequestView | null;
  /** Undefined while payment can't be reached. */
  readonly money: AdminPayment | undefined;
  readonly timeline: readonly TimelineEntry[];
  /** Of both services, oldest first; payment's are missing while it can't be reached. */
  readonly history: readonly HistoryEntry[];
  readonly actions: {
    readonly canRefund: boolean;
    /** What can still be refunded. */
    readonly refundable: number;
    /** Of it, what bears no VAT by Toss's books. */
    readonly refundableTaxFree: number;
    readonly needsRefundAccount: boolean;
    readonly canCancel: boolean;
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
