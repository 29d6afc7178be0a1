import { ListInput } from "../order_input.ts";
import {
  erasureExample,
  historyExample,
  orderExample,
  paymentExample,
  refundedExample,
} from "./examples.ts";

/** Names of schemas in components.ts. */
export type SchemaName =
  | "CartOrder"
  | "PricedOrder"
  | "Confirm"
  | "Refund"
  | "Order"
  | "OrderList"
  | "History"
  | "Erase"
  | "Erasure"
  | "Payment"
  | "ProductList"
  | "Metrics"
  | "WebhookReceipt"
  | "Health"
  | "Readiness";

/** What the description says of one route; what all routes share is added in api_document.ts. */
export type Operation = {
  readonly method: "get" | "post";
  readonly path: string;
  readonly id: string;
  readonly tag: "orders" | "payments" | "products" | "operations";
  readonly summary: string;
  readonly description?: string;
  /** Who may call: nobody in particular, the merchant, the order's owner or the merchant; `mask`: all, who sees more. */
  readonly callers: "all" | "merchant" | "owner" | "mask";
  readonly parameters?: readonly ("OrderId" | "IdempotencyKey" | "RefundKey")[];
  /** Parameters of the query; none unless said. */
  readonly query?: typeof ListInput;
  /** Schemas of which the body follows one; null: any JSON object. */
  readonly body?: readonly SchemaName[] | null;
  readonly answers: readonly Answer[];
  readonly errors: readonly string[];
};

export type Answer = {
  readonly status: 200 | 201 | 202 | 503;
  readonly description: string;
  readonly schema: SchemaName;
  /** JSON unless said otherwise. */
  readonly type?: "text/plain";
  readonly headers?: readonly ("Location" | "IdempotentReplayed" | "RetryAfter")[];
  readonly example?: unknown;
};

const order = { schema: "Order", example: orderExample } as const;
const payment = { schema: "Payment", example: paymentExample } as const;
const confirmRefusals = [
  "order_not_found",
  "payment_declined",
  "amount_mismatch",
  "order_mismatch",
  "order_already_paid",
  "payment_in_progress",
  "order_not_payable",
  "payment_session_expired",
  "rate_limited",
  "too_many_attempts",
];
const paymentAway = [
  "payment_unavailable",
  "payment_recovering",
  "payment_unrecoverable",
  "payment_busy",
  "order_busy",
];

export const operations: readonly Operation[] = [
  {
    method: "post",
    path: "/api/orders",
    id: "placeOrder",
    tag: "orders",
    summary: "Place an order",
    description:
      "Lines are priced by the shop's product table. With the merchant's key an order may carry a name and a price of the merchant's instead. Repeated with the same Idempotency-Key and body within 15 days, the order comes as first answered; a repetition opens no session and brings `checkoutUrl` only to who may have it anyway. A caller without a session gets one (cookie), which owns the order.",
    callers: "mask",
    parameters: ["IdempotencyKey"],
    body: ["CartOrder", "PricedOrder"],
    answers: [
      {
        status: 201,
        description: "The order",
        ...order,
        headers: ["Location", "IdempotentReplayed"],
      },
    ],
    errors: ["unknown_product", "idempotency_key_reused", "rate_limited", "overloaded"],
  },
  {
    method: "get",
    path: "/api/orders",
    id: "listOrders",
    tag: "orders",
    summary: "List orders, newest first",
    callers: "merchant",
    query: ListInput,
    answers: [
      {
        status: 200,
        description: "A page",
        schema: "OrderList",
        example: { orders: [orderExample], nextCursor: orderExample.orderId },
      },
    ],
    errors: [],
  },
  {
    method: "get",
    path: "/api/orders/{orderId}",
    id: "getOrder",
    tag: "orders",
    summary: "Look at an order",
    callers: "mask",
    parameters: ["OrderId"],
    answers: [{ status: 200, description: "The order", ...order }],
    errors: ["order_not_found"],
  },
  {
    method: "get",
    path: "/api/orders/{orderId}/history",
    id: "getHistory",
    tag: "orders",
    summary: "Look at what happened to an order, in both services",
    callers: "merchant",
    parameters: ["OrderId"],
    answers: [
      { status: 200, description: "Oldest first", schema: "History", example: historyExample },
    ],
    errors: ["order_not_found", "payment_unavailable"],
  },
  {
    method: "post",
    path: "/api/orders/{orderId}/cancel",
    id: "cancelOrder",
    tag: "orders",
    summary: "Cancel an unpaid order",
    description: "Cancelled again, the order comes as it is.",
    callers: "owner",
    parameters: ["OrderId"],
    answers: [
      {
        status: 200,
        description: "The order",
        schema: "Order",
        example: { ...orderExample, status: "CANCELED" },
      },
    ],
    errors: [
      "order_not_found",
      "order_not_cancelable",
      "rate_limited",
      "overloaded",
      ...paymentAway,
    ],
  },
  {
    method: "post",
    path: "/api/customers/erase",
    id: "eraseCustomer",
    tag: "orders",
    summary: "Remove a person's name and e-mail from their orders",
    description:
      "For who asks to be forgotten. Orders themselves stay, without names. Repeating it is harmless.",
    callers: "merchant",
    body: ["Erase"],
    answers: [
      {
        status: 200,
        description: "What was done",
        schema: "Erasure",
        example: erasureExample,
      },
    ],
    errors: ["payment_unavailable", "payment_busy", "order_busy"],
  },
  {
    method: "post",
    path: "/api/payments/confirm",
    id: "confirmPayment",
    tag: "payments",
    summary: "Confirm what Toss's window came back with",
    description:
      "Safe to repeat: one paymentKey is charged once, however often it is sent. `amount` must be the order's.",
    callers: "mask",
    body: ["Confirm"],
    answers: [
      { status: 200, ...payment, description: "Paid (DONE), or waiting for a deposit" },
      {
        status: 202,
        schema: "Payment",
        headers: ["RetryAfter"],
        description:
          "Toss has not answered yet (IN_PROGRESS): the call goes on. Ask again, do not pay again",
        example: {
          ...paymentExample,
          status: "IN_PROGRESS",
          balanceAmount: 0,
          method: null,
          approvedAt: null,
          receiptUrl: null,
        },
      },
    ],
    errors: [...confirmRefusals, "overloaded", ...paymentAway],
  },
  {
    method: "get",
    path: "/api/payments/{orderId}",
    id: "getPayment",
    tag: "payments",
    summary: "Look at an order's payment",
    description:
      "paymentKey, receiptUrl, virtualAccount, failure and cancels are empty for whoever is neither the order's owner nor the merchant.",
    callers: "mask",
    parameters: ["OrderId"],
    answers: [{ status: 200, description: "The payment", ...payment }],
    errors: ["payment_not_found", "payment_unavailable"],
  },
  {
    method: "post",
    path: "/api/payments/{orderId}/cancel",
    id: "refundPayment",
    tag: "payments",
    summary: "Refund a payment",
    description:
      "Returns `amount`, or all that is left without one. A virtual account needs the account to which the money goes; so does a deposit for a closed order, which goes back whole.",
    callers: "merchant",
    parameters: ["OrderId", "RefundKey"],
    body: ["Refund"],
    answers: [
      { status: 200, description: "Refunded", schema: "Payment", example: refundedExample },
      {
        status: 202,
        schema: "Payment",
        headers: ["RetryAfter"],
        description:
          "Toss has not answered yet; the refund goes on by itself. The same key asks how it stands",
        example: paymentExample,
      },
    ],
    errors: [
      "idempotency_key_required",
      "idempotency_key_reused",
      "order_not_found",
      "payment_not_found",
      "payment_not_refundable",
      "refund_in_progress",
      "amount_exceeds_balance",
      "amount_mismatch",
      "refund_account_required",
      "overloaded",
      ...paymentAway,
    ],
  },
  {
    method: "get",
    path: "/api/products",
    id: "listProducts",
    tag: "products",
    summary: "List what is on sale",
    callers: "all",
    answers: [
      {
        status: 200,
        description: "Products",
        schema: "ProductList",
        example: {
          products: [
            {
              productId: "dev-tool",
              name: "프리미엄 개발자 도구",
              unitPrice: 1000,
              currency: "KRW",
            },
          ],
        },
      },
    ],
    errors: [],
  },
  {
    method: "post",
    path: "/webhooks/toss",
    id: "receiveTossWebhook",
    tag: "operations",
    summary: "Receive a webhook of Toss Payments",
    description:
      "A hint, of which nothing is believed: it is stored, then Toss is asked. At most 64 KB. Everything but 200 makes Toss send it again.",
    callers: "all",
    body: null,
    answers: [
      {
        status: 200,
        schema: "WebhookReceipt",
        description: "Stored, or about nothing of this shop",
        example: { received: true },
      },
    ],
    errors: [
      "malformed_json",
      "malformed_webhook",
      "body_too_large",
      "too_many_webhooks",
      "payment_unavailable",
      "webhook_not_stored",
    ],
  },
  {
    method: "get",
    path: "/metrics",
    id: "getMetrics",
    tag: "operations",
    summary: "Figures for Prometheus",
    callers: "merchant",
    answers: [
      {
        status: 200,
        schema: "Metrics",
        type: "text/plain",
        description: "Gauges in Prometheus's text format",
        example: 'payflow_orders{status="CONFIRMED"} 12',
      },
    ],
    errors: ["merchant_key_required", "rate_limited", "database_unavailable"],
  },
  {
    method: "get",
    path: "/healthz",
    id: "getHealth",
    tag: "operations",
    summary: "Is the process alive?",
    callers: "all",
    answers: [{ status: 200, description: "Alive", schema: "Health", example: { status: "ok" } }],
    errors: [],
  },
  {
    method: "get",
    path: "/readyz",
    id: "getReadiness",
    tag: "operations",
    summary: "Can orders be taken?",
    callers: "all",
    answers: [
      {
        status: 200,
        schema: "Readiness",
        description: "Yes; degraded while Kafka or payment is away",
        example: {
          status: "degraded",
          parts: { database: "ready", payment: "ready", kafka: "down" },
        },
      },
      {
        status: 503,
        schema: "Readiness",
        description: "No: the database is away",
        example: { status: "down", parts: { database: "down", payment: "ready", kafka: "ready" } },
      },
    ],
    errors: [],
  },
];
