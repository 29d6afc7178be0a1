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
 * What the pages need from whoever serves them. The pages know no table, no topic and no Toss call: they get
 * functions, and whatever satisfies these types can mount them.
 */
export type UiDeps = {
  readonly shop: Shop;
  readonly toss: { readonly clientKey: string; readonly sdkUrl: string };
  /** What the shopper may choose from, in this order. */
  readonly paymentMethods: readonly PaymentMethod[];
  /** Of bank transfers and virtual accounts; off unless given. */
  readonly escrow?: EscrowSetting;
  /** Origin under which browsers reach the shop, without a slash at its end. */
  readonly publicUrl: string;
  /** How long name and e-mail of an order stay that was never paid. */
  readonly unpaidRetentionDays: number;

  listProducts(): readonly Product[];
  /** The name of a product that the shop no longer sells; undefined when it never did. */
  formerName(productId: string): string | undefined;
  /** Prices lines as an order would be priced. Throws AppError `unknown_product` or `invalid_request`. */
  quote(items: readonly { productId: string; quantity: number }[]): Quote;
  /**
   * Places the order. The same `idempotencyKey` with the same input gives the same order again.
   * Throws AppError `invalid_request` with `details.errors` (paths: items.0.quantity, customerName, customerEmail),
   * `unknown_product`, `idempotency_key_reused`, `rate_limited`.
   */
  placeOrder(command: PlaceOrderInput): Promise<OrderPage>;
  findOrder(orderId: string): Promise<OrderPage | undefined>;
  /** The orders of one browser session, newest first, at most 50. */
  listOrders(viewer: Viewer): Promise<readonly OrderPage[]>;
  /**
   * Confirms the payment that Toss's window returned. The result's status: DONE, WAITING_FOR_DEPOSIT, or
   * IN_PROGRESS when it is not known yet. Throws AppError `order_not_found`, `amount_mismatch`, `order_mismatch`,
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
   * Requests a refund of a paid order from the shop. Throws AppError `refund_request_open`, `refund_not_requestable`,
   * `rate_limited`.
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
   * Says to which account a deposit goes back that came for a closed order (`payment.refundAccountNeeded`). `bank` is
   * Toss's two-character code. Throws AppError `invalid_request` with `details.errors` (paths: bank, accountNumber,
   * holderName), `refund_account_not_needed`, `payment_unavailable`.
   */
  provideRefundAccount(command: {
    orderId: string;
    bank: string;
    accountNumber: string;
    holderName: string;
  }): Promise<OrderPage>;
  /**
   * What happened to an order and its money so far, oldest first; only what is certain. Answers within about a second
   * and never throws: what can't be learnt in that time is left out.
   */
  listTimeline(
    order: Pick<OrderPage, "orderId" | "createdAt" | "amount">,
  ): Promise<readonly TimelineEntry[]>;
  /**
   * What the money that the order keeps, or kept, came by. Answers within about a second and never throws; undefined
   * when there is none, or it can't be learnt in that time.
   */
  findPaidWith(orderId: string): Promise<PaidWith | undefined>;
  /**
   * The order now, then again whenever it changes, until `signal` aborts. Ends before when others need the place more:
   * the page then polls instead.
   */
  watchOrder(orderId: string, viewer: Viewer, signal: AbortSignal): AsyncIterable<OrderPage>;
  /** The time on the clock that all times of orders are of, as ISO 8601 in UTC. */
  now(): string;
  /** A token that opens this one order's page in any browser, to look and to pay, for a while. */
  orderToken(order: Pick<OrderPage, "orderId" | "expiresAt">): string;
  /** Lets this browser see the order, when the token is right: by a cookie in the answer under way. */
  letIn(link: { viewer: Viewer; orderId: string; token: string }): void;
  /**
   * Lets this browser see the order of this number as its link would, if it was placed with this e-mail address; its id.
   * Undefined for an unknown order and another address alike. Throws AppError `rate_limited`.
   */
  letInByEmail(given: {
    viewer: Viewer;
    orderNumber: string;
    email: string;
  }): Promise<string | undefined>;
  /**
   * The refusal that something thrown stands for (a database that is away is `unavailable`), if it stands for one; else
   * it is a fault, to be logged here. Without this, AppErrors are refusals and the rest goes to the console.
   */
  refusalOf?(thrown: unknown, requestId: string): AppError | undefined;
};

/** True for a key of Toss's payment widget, which draws the methods itself; any other key opens Toss's window. */
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
/** offered: the shopper chooses in Toss's window. */
export const escrowSettings = ["off", "offered", "required"] as const;
export type EscrowSetting = (typeof escrowSettings)[number];

/** TOSSPAY, NAVERPAY and KAKAOPAY are easy pays: CARD with `flowMode: "DIRECT"` and `easyPay` at Toss. */
export type PaymentMethod = (typeof paymentMethods)[number];

export type Quote = {
  readonly items: readonly OrderItem[];
  readonly amount: number;
  /** Of the amount, what bears no VAT. */
  readonly taxFreeAmount?: number | undefined;
  readonly orderName: string;
};

export type PlaceOrderInput = {
  readonly items: readonly { productId: string; quantity: number }[];
  readonly customerName: string;
  readonly customerEmail: string;
  readonly idempotencyKey: string;
  /** Of the page that it is placed from. */
  readonly language: Language;
  readonly viewer: Viewer;
};

/** An order as its page shows it. Times are ISO 8601 in UTC; sums are won. */
export type OrderPage = {
  readonly orderId: string;
  /** What people call it by: `1127-K7P3`. */
  readonly orderNumber: string;
  readonly orderName: string;
  readonly amount: number;
  /** Of the amount, what bears no VAT. */
  readonly taxFreeAmount?: number | undefined;
  readonly currency: "KRW";
  readonly status: OrderStatus;
  readonly items: readonly OrderItem[];
  readonly customerName: string;
  readonly customerEmail: string;
  readonly refundedAmount: number;
  readonly createdAt: string;
  readonly confirmedAt: string | null;
  readonly expiresAt: string;
  /** What is known of the payment; null until payment has spoken. */
  readonly payment: PaymentSnapshot | null;
  /** Where the shopper goes back to when all is done, with the status in the query; undefined: stays here. */
  readonly returnTo?: string | undefined;
  /** The newest one of its shopper. */
  readonly refundRequest?: RefundRequestView | null;
};

/** A shopper's request to be refunded, and what became of it. */
export type RefundRequestView = {
  readonly requestId: string;
  readonly status: RefundRequestStatus;
  readonly kind: RefundRequestKind;
  /** In the shopper's words; may be empty. */
  readonly text: string;
  readonly requestedAt: string;
  /** The shop's sentence for the shopper. */
  readonly answer: string | null;
};

export type TimelineKind = RecordedEntry["kind"] | "placed";

/** One thing that happened to an order; `at` as ISO 8601 in UTC, `amount` in won where it is known. */
export type TimelineEntry = Omit<RecordedEntry, "kind" | "at"> & {
  readonly kind: TimelineKind;
  readonly at: string;
};

/** The provider's word for the method, and the card behind it, masked, as the provider shows it. */
export type PaidWith = Pick<LedgerRow, "method" | "card">;

/** Who looks: set on every request by the server that mounts the pages (`c.get("viewer")`). */
export type Viewer = {
  /** The id of the browser's session; begins one, by a cookie in the answer under way, where there is none. */
  beginSession(): string;
  /** This browser placed the order: it may cancel it, and name the account to which money goes back. */
  owns(order: { readonly orderId: string }): boolean;
  /** May look at the order whole, and pay it: its owner, and whoever a link let in. */
  sees(order: { readonly orderId: string }): boolean;
};

/** Hono variables that the mounting server must have set before the pages run. */
export type UiVariables = { viewer: Viewer; requestId: string };
