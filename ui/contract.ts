import type { Shop } from "./shop.ts";
import type {
  AppError,
  Language,
  OrderItem,
  OrderStatus,
  PaymentSnapshot,
  Product,
  RecordedEntry,
  RefundRequestKind,
  RefundRequestStatus,
} from "@payflow/shared";
import type { LedgerRow } from "@payflow/back-office";

/**
 * The functions that the pages need from the server that mounts them. The pages know no table, no topic and no Toss
 * call.
 */
export type UiDeps = {
  readonly shop: Shop;
  readonly toss: { readonly clientKey: string; readonly sdkUrl: string };
  /** The methods offered to the shopper, in this order. */
  readonly paymentMethods: readonly PaymentMethod[];
  /** For bank transfers and virtual accounts; off by default. */
  readonly escrow?: EscrowSetting;
  /** Origin under which browsers reach the shop, without a trailing slash. */
  readonly publicUrl: string;
  /** Days after which the name and e-mail address of an unpaid order are erased. */
  readonly unpaidRetentionDays: number;

  listProducts(): readonly Product[];
  /** Name of a product that the shop no longer sells; undefined for an unknown product. */
  formerName(productId: string): string | undefined;
  /** Prices lines as `placeOrder` does. Throws AppError `unknown_product` or `invalid_request`. */
  quote(items: readonly { productId: string; quantity: number }[]): Quote;
  /**
   * Places the order. The same `idempotencyKey` with the same input returns the same order. Throws AppError
   * `invalid_request` with `details.errors` (paths: items.0.quantity, customerName, customerEmail), `unknown_product`,
   * `idempotency_key_reused`, `rate_limited`.
   */
  placeOrder(command: PlaceOrderInput): Promise<OrderPage>;
  findOrder(orderId: string): Promise<OrderPage | undefined>;
  /** The orders of one browser session, newest first, at most 50. */
  listOrders(viewer: Viewer): Promise<readonly OrderPage[]>;
  /**
   * Confirms the payment that Toss's window returned. The result's status: DONE, WAITING_FOR_DEPOSIT, or IN_PROGRESS
   * while the outcome is unknown. Throws AppError `order_not_found`, `amount_mismatch`, `order_mismatch`,
   * `payment_declined` (extensions providerCode, providerMessage), `order_already_paid`, `payment_in_progress`,
   * `order_not_payable` (extension `refunding`), `payment_session_expired`, `payment_unavailable`, `rate_limited`.
   */
  confirmPayment(command: {
    paymentKey: string;
    orderId: string;
    amount: number;
    viewer: Viewer;
  }): Promise<PaymentSnapshot>;
  /** Cancels an unpaid order. Throws AppError `order_not_cancelable`, `payment_unavailable`. */
  cancelOrder(orderId: string): Promise<OrderPage>;
  /**
   * Requests a refund of a paid order. Throws AppError `refund_request_open`, `refund_not_requestable`, `rate_limited`.
   */
  requestRefund(command: {
    orderId: string;
    viewer: Viewer;
    kind: RefundRequestKind;
    /** May be empty. */
    text: string;
  }): Promise<OrderPage>;
  /** Throws AppError `refund_request_not_open`, `refund_request_granting`. */
  withdrawRefundRequest(orderId: string): Promise<OrderPage>;
  /**
   * Names the account for the refund of a deposit that came after the order closed (`payment.refundAccountNeeded`).
   * `bank` is Toss's two-character code. Throws AppError `invalid_request` with `details.errors` (paths: bank,
   * accountNumber, holderName), `refund_account_not_needed`, `payment_unavailable`.
   */
  provideRefundAccount(command: {
    orderId: string;
    bank: string;
    accountNumber: string;
    holderName: string;
  }): Promise<OrderPage>;
  /**
   * Events of the order and its payment, oldest first; only those that are certain. Resolves within about a second and
   * never rejects: events that cannot be read in that time are left out.
   */
  listTimeline(
    order: Pick<OrderPage, "orderId" | "createdAt" | "amount">,
  ): Promise<readonly TimelineEntry[]>;
  /**
   * How the order was paid. Resolves within about a second and never rejects; undefined when the order is unpaid or the
   * method cannot be read in that time.
   */
  findPaidWith(orderId: string): Promise<PaidWith | undefined>;
  /**
   * Yields the order now and after each change, until `signal` aborts. Ends earlier when other requests need the
   * connection: the page then polls instead.
   */
  watchOrder(orderId: string, viewer: Viewer, signal: AbortSignal): AsyncIterable<OrderPage>;
  /** Now as ISO 8601 in UTC, by the clock that orders use. */
  now(): string;
  /** A token that opens this order's page in any browser, to see and pay the order, for a limited time. */
  orderToken(order: Pick<OrderPage, "orderId" | "expiresAt">): string;
  /** Lets this browser see the order when the token is valid, by a cookie in the current response. */
  letIn(link: { viewer: Viewer; orderId: string; token: string }): void;
  /**
   * Gives this browser the same access as the order's link, when the order has this e-mail address; returns its id.
   * Undefined for an unknown order and for another address alike. Throws AppError `rate_limited`.
   */
  letInByEmail(given: {
    viewer: Viewer;
    orderNumber: string;
    email: string;
  }): Promise<string | undefined>;
  /**
   * The refusal that a thrown error stands for (`unavailable` for a lost database connection); undefined for a fault,
   * which this function logs. Default: an AppError is a refusal, and other errors go to the console's error output.
   */
  refusalOf?(thrown: unknown, requestId: string): AppError | undefined;
};

/** True for a key of Toss's payment widget, which draws the methods in the page; other keys open Toss's window. */
export function isWidgetKey(clientKey: string): boolean {
  return /^(test|live)_gck_/.test(clientKey);
}

export const paymentMethods = [
  "CARD",
  "VIRTUAL_ACCOUNT",
  "TRANSFER",
  "MOBILE_PHONE",
  "TOSSPAY",
  "NAVERPAY",
  "KAKAOPAY",
] as const;
/** `offered`: the shopper decides in Toss's window. */
export const escrowSettings = ["off", "offered", "required"] as const;
export type EscrowSetting = (typeof escrowSettings)[number];

/** TOSSPAY, NAVERPAY and KAKAOPAY are easy pays: CARD with `flowMode: "DIRECT"` and `easyPay` at Toss. */
export type PaymentMethod = (typeof paymentMethods)[number];

export type Quote = {
  readonly items: readonly OrderItem[];
  readonly amount: number;
  /** The part of the amount without VAT. */
  readonly taxFreeAmount?: number | undefined;
  readonly orderName: string;
};

export type PlaceOrderInput = {
  readonly items: readonly { productId: string; quantity: number }[];
  readonly customerName: string;
  readonly customerEmail: string;
  readonly idempotencyKey: string;
  /** Language of the page that the order is placed from. */
  readonly language: Language;
  readonly viewer: Viewer;
};

/** An order as its page shows it. Times are ISO 8601 in UTC; amounts are in won. */
export type OrderPage = Quote & {
  readonly orderId: string;
  /** The short number for shoppers and operators: `1127-K7P3`. */
  readonly orderNumber: string;
  readonly currency: "KRW";
  readonly status: OrderStatus;
  readonly customerName: string;
  readonly customerEmail: string;
  readonly refundedAmount: number;
  readonly createdAt: string;
  readonly confirmedAt: string | null;
  readonly expiresAt: string;
  /** Null until the payment service has reported a state. */
  readonly payment: PaymentSnapshot | null;
  /** Where the finished order sends the shopper, with the status in the query; undefined: the shopper stays here. */
  readonly returnTo?: string | undefined;
  /** The shopper's newest request. */
  readonly refundRequest?: RefundRequestView | null;
};

/** A shopper's refund request and its outcome. */
export type RefundRequestView = {
  readonly requestId: string;
  readonly status: RefundRequestStatus;
  readonly kind: RefundRequestKind;
  /** The shopper's text; may be empty. */
  readonly text: string;
  readonly requestedAt: string;
  /** The shop's reply to the shopper. */
  readonly answer: string | null;
};

export type TimelineKind = RecordedEntry["kind"] | "placed";

/** One event of an order; `at` is ISO 8601 in UTC, `amount` is in won where it is known. */
export type TimelineEntry = Omit<RecordedEntry, "kind" | "at"> & {
  readonly kind: TimelineKind;
  readonly at: string;
};

/** The provider's name of the method, and the masked card. */
export type PaidWith = Pick<LedgerRow, "method" | "card">;

/** The requesting browser; the mounting server sets it on every request (`c.get("viewer")`). */
export type Viewer = {
  /** The id of the browser's session; starts one by a cookie in the current response when there is none. */
  beginSession(): string;
  /** True when this browser placed the order: it may cancel it and name a refund account. */
  owns(order: { readonly orderId: string }): boolean;
  /** True when the viewer may see the whole order and pay it: its owner, or a browser that a link let in. */
  sees(order: { readonly orderId: string }): boolean;
};

/** Hono variables that the mounting server must set before the pages run. */
export type UiVariables = { viewer: Viewer; requestId: string };
