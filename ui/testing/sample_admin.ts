import type { PaymentSnapshot } from "@payflow/shared";
import type { AdminOrder, AdminPayment, Attention, AttentionItem, LedgerRow } from "../mod.ts";

/** The present time in the console's tests: 14:00 in Korea. */
export const adminNow = "2026-11-27T05:00:00.000Z";

export const minutesAgo = (minutes: number) =>
  new Date(Date.parse(adminNow) - minutes * 60_000).toISOString();

const orderIdOf = (number: number) =>
  `019abc7d-${(0x4000 + number).toString(16)}-7c3e-9a51-${(0xb5d2f0a10000 + number).toString(16)}`;

type OrderChange = Partial<Omit<AdminOrder, "payment" | "money" | "actions">> & {
  readonly payment?: Partial<PaymentSnapshot> | null;
  readonly money?: Partial<AdminPayment> | undefined;
  readonly actions?: Partial<AdminOrder["actions"]>;
};

/** An order paid by card, with the given changes. */
export function sampleAdminOrder(number: number, change: OrderChange = {}): AdminOrder {
  const orderId = orderIdOf(number);
  const amount = change.amount ?? 39_000;
  const createdAt = change.createdAt ?? minutesAgo(60 * number + 20);
  const at = (seconds: number) => new Date(Date.parse(createdAt) + seconds * 1_000).toISOString();
  const paymentKey = `tviva20261127${orderId.slice(9, 13)}Kq8x${number}`;
  const payment: PaymentSnapshot = {
    orderId,
    paymentVersion: 3,
    status: "DONE",
    amount,
    balanceAmount: amount,
    refundedAmount: 0,
    currency: "KRW",
    method: "카드",
    approvedAt: at(62),
    receiptUrl: "https://dashboard.tosspayments.com/receipt/redirection?transactionId=x",
    virtualAccount: null,
    refundLimits: null,
    cashReceipt: null,
    isEscrow: false,
    failure: null,
    refunding: false,
    refundMarks: [],
    returnedAmount: 0,
    refundAccountNeeded: false,
    refundDelayed: false,
    ...change.payment,
  };
  const capture: LedgerRow = {
    occurredAt: at(62),
    kind: "capture",
    amount,
    method: payment.method,
    paymentKey,
    transactionKey: `txrd${orderId.slice(9, 13)}a01`,
    card: {
      issuer: "41",
      number: "43301234****123*",
      installmentMonths: 0,
      approvalNumber: "00001234",
    },
    vat: Math.round(amount / 11),
    taxFree: 0,
    receiptUrl: payment.receiptUrl,
  };
  type Entry = AdminOrder["history"][number];
  const entry = (
    part: Entry["part"],
    version: number,
    seconds: number,
    rest: Pick<Entry, "status" | "cause" | "actor"> & Partial<Entry>,
  ): Entry => ({
    part,
    version,
    at: at(seconds),
    detail: {},
    reason: null,
    events: [{ eventId: Bun.randomUUIDv7(), eventType: "order.changed", isPublished: true }],
    ...rest,
  });
  const refundable = payment.balanceAmount;
  return {
    orderId,
    orderNumber: `1127-K7P${number}`,
    merchantReference: null,
    metadata: {},
    returnUrl: null,
    orderName: "무각 키캡 세트",
    status: "CONFIRMED",
    amount,
    taxFreeAmount: 0,
    refundedAmount: 0,
    items: [{ productId: "keycaps", name: "무각 키캡 세트", unitPrice: amount, quantity: 1 }],
    customerName: "김토스",
    customerEmail: "kim@example.com",
    createdAt,
    expiresAt: at(45 * 60),
    confirmedAt: at(63),
    refundRequest: null,
    timeline: [],
    history: [
      entry("order", 1, 0, { status: "PENDING", cause: "placeOrder", actor: "shopper" }),
      entry("payment", 1, 1, { status: "READY", cause: "openPayment", actor: "system" }),
      entry("payment", 2, 60, {
        status: "IN_PROGRESS",
        cause: "confirmPayment",
        actor: "shopper",
        detail: { paymentKey, entries: [{ kind: "tried" }] },
      }),
      entry("payment", 3, 62, {
        status: "DONE",
        cause: "recordConfirmAnswer",
        actor: "toss",
        detail: { entries: [{ kind: "paid", amount, at: at(62) }] },
      }),
      entry("order", 2, 63, { status: "CONFIRMED", cause: "confirmOrder", actor: "system" }),
    ],
    ...change,
    payment: change.payment === null ? null : payment,
    money:
      "money" in change && change.money === undefined
        ? undefined
        : {
            paymentKeys: [paymentKey],
            ledger: [capture],
            webhooks: [
              {
                id: `wh_${number}`,
                receivedAt: at(64),
                eventType: "PAYMENT_STATUS_CHANGED",
                orderId,
                paymentKey,
                tries: 1,
                isUnknown: false,
                handledAt: at(64),
              },
            ],
            openEnds: [],
            ...change.money,
          },
    actions: {
      canRefund: true,
      refundable,
      refundableTaxFree: 0,
      needsRefundAccount: false,
      canCancel: false,
      canQueryToss: true,
      canDismiss: false,
      canErase: true,
      ...change.actions,
    },
  };
}

export const allWell: Attention = {
  items: [],
  hasMore: false,
  parts: [
    { part: "order", state: "up" },
    { part: "payment", state: "up" },
    { part: "kafka", state: "up" },
    { part: "toss", state: "up", calls: 1284, successRate: 0.9984, medianMs: 182 },
  ],
};

const numberOf = (orderId: string | undefined) =>
  orderId && `1127-K7P${Number.parseInt(orderId.slice(9, 13), 16) - 0x4000}`;
const item = (change: Partial<AttentionItem> & Pick<AttentionItem, "kind">): AttentionItem => ({
  part: "payment",
  since: minutesAgo(3),
  count: 1,
  // a lost order has no number
  orderNumber: change.kind === "payment_without_order" ? undefined : numberOf(change.orderId),
  ...change,
});

/** One item of each kind. */
export const everyAttention: Attention = {
  items: [
    item({
      kind: "confirm_open",
      orderId: orderIdOf(1),
      amount: 39_000,
      customer: "김**",
      detail: "HTTP 500 FAILED_INTERNAL_SYSTEM_PROCESSING",
      nextAt: "2026-11-27T05:02:10.000Z",
    }),
    item({
      kind: "refund_open",
      orderId: orderIdOf(2),
      amount: 1_250_000,
      customer: "이**",
      since: minutesAgo(95),
      nextAt: null,
    }),
    item({ kind: "return_open", orderId: orderIdOf(3), amount: 4_500, customer: "박*" }),
    item({
      kind: "manual_review",
      orderId: orderIdOf(4),
      amount: 84_500,
      customer: "최**",
      since: minutesAgo(60 * 50),
      detail: "ALREADY_CANCELED_PAYMENT: 이미 취소된 결제 입니다.",
    }),
    item({ kind: "payout_failed", orderId: orderIdOf(6), amount: 24_000, customer: "김*스" }),
    item({ kind: "paid_twice", orderId: orderIdOf(6), amount: 24_000, customer: "김*스" }),
    item({ kind: "unrecovered", orderId: orderIdOf(4), amount: 84_500 }),
    item({ kind: "mails_failed", count: 2, detail: "550 5.1.1 No such user" }),
    item({ kind: "refund_requested", orderId: orderIdOf(6), amount: 39_000, customer: "김*스" }),
    item({ kind: "account_needed", orderId: orderIdOf(5), amount: 120_000, customer: "정**" }),
    item({ kind: "payment_without_order", orderId: orderIdOf(77) }),
    item({ kind: "money_without_order", paymentKey: "tviva20261127abcd", amount: 10_000 }),
    item({ kind: "reconciliation", day: "2026-11-26", count: 3, since: minutesAgo(600) }),
    item({ kind: "tax_free_differs", orderId: orderIdOf(6), amount: 24_000 }),
    item({ kind: "dead_letters", part: "order", count: 12, detail: "invalid_event: amount" }),
    item({ kind: "webhooks_waiting", count: 4 }),
    item({
      kind: "endpoint_off",
      part: "order",
      url: "https://old.shop.example/hooks",
      since: minutesAgo(60 * 26),
    }),
    item({
      kind: "endpoint_failing",
      part: "order",
      url: "https://erp.shop.example/api/v2/integrations/payments/order-events?tenant=kr-seoul-01",
      since: minutesAgo(95),
    }),
    item({ kind: "outbox_old", part: "order", count: 240, since: minutesAgo(7) }),
    item({ kind: "relay_missing", since: null }),
    item({ kind: "consumer_behind", part: "order", count: 1_830 }),
    item({ kind: "unsigned_messages", part: "order", count: 2 }),
  ],
  hasMore: true,
  parts: [
    { part: "order", state: "up" },
    { part: "payment", state: "degraded" },
    { part: "kafka", state: "down" },
    { part: "toss", state: "degraded", calls: 412, successRate: 0.871, medianMs: 1840 },
  ],
};
