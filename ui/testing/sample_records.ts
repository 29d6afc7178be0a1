import type { MoneyMonth, MoneyTotals, Reconciliation } from "@payflow/back-office";
import type {
  AdminSession,
  ApiKey,
  AuditEntry,
  DeadLetterDetail,
  OutboxState,
  TopicMessage,
  TopicState,
  WebhookRow,
} from "../mod.ts";
import { minutesAgo, sampleAdminOrder } from "./sample_admin.ts";
import { sampleDeliveries, sampleEndpoints } from "./sample_endpoints.ts";

/** The console's records besides orders. */
export type SampleRecords = ReturnType<typeof sampleRecords>;

const { orderId } = sampleAdminOrder(1);

export function sampleRecords() {
  return {
    month: sampleMonth("2026-11"),
    reconciliation: sampleReconciliation() as Reconciliation | null,
    outbox: [
      { part: "order", waiting: 0, oldestSeconds: 0, writtenLastHour: 1_284, relays: 2 },
      { part: "payment", waiting: 240, oldestSeconds: 430, writtenLastHour: 3_017, relays: 0 },
    ] as OutboxState[],
    topics: [
      {
        topic: "OrderCreated",
        partitions: 12,
        messages: 184_223,
        groups: [{ group: "payment", lag: 0 }],
      },
      {
        topic: "PaymentConfirmed",
        partitions: 12,
        messages: 402_118,
        groups: [{ group: "order", lag: 1_830 }],
      },
    ] as TopicState[],
    messages: [1, 2, 3].map(sampleMessage),
    letters: [1, 2, 3, 4].map(sampleLetter),
    webhooks: [1, 2, 3].map(sampleWebhook),
    endpoints: sampleEndpoints(),
    deliveries: sampleDeliveries(),
    keys: sampleKeys,
    sessions: sampleSessions,
    audit: sampleAudit,
  };
}

function sampleMonth(month: string): MoneyMonth {
  const numbers = Array.from({ length: 27 }, (_, index) => index + 1).filter((day) => day % 7 > 0);
  const days = numbers.map((number): MoneyMonth["days"][number] => {
    const card = ((number * 7919) % 40) * 39_000 + 1_000;
    const easy = ((number * 104_729) % 17) * 4_500;
    const captured = card + easy;
    const refunded = number % 4 === 0 ? -78_000 : 0;
    const returned = number === 12 ? -39_000 : 0;
    return {
      day: `${month}-${String(number).padStart(2, "0")}`,
      captured,
      refunded,
      returned,
      net: captured + refunded + returned,
      captures: (number * 13) % 60,
      byMethod: [
        { method: "카드", captured: card },
        ...(easy > 0 ? [{ method: "간편결제", captured: easy }] : []),
      ],
      reconciliation:
        number === 27 ? "none" : number === 26 ? "differs" : number === 25 ? "pending" : "matched",
      differences: number === 26 ? 3 : 0,
    };
  });
  const sum = (of: keyof MoneyTotals) => days.reduce((total, day) => total + day[of], 0);
  return {
    month,
    days,
    totals: {
      captured: sum("captured"),
      refunded: sum("refunded"),
      returned: sum("returned"),
      net: sum("net"),
      captures: sum("captures"),
    },
    declines: {
      tries: 861,
      declined: 74,
      reasons: [
        { code: "REJECT_CARD_PAYMENT", count: 41 },
        { code: "INVALID_STOPPED_CARD", count: 22 },
        { code: "UNKNOWN_CODE", count: 11 },
      ],
    },
  };
}

function sampleReconciliation(): Reconciliation {
  const exception = {
    day: "2026-11-26",
    orderId,
    paymentStatus: "DONE",
    foundAt: minutesAgo(600),
    resolvedAt: null,
    reason: null,
  };
  return {
    day: "2026-11-26",
    requestedAt: minutesAgo(610),
    finishedAt: minutesAgo(600),
    matched: 1_204,
    exceptions: [
      {
        ...exception,
        kind: "missing_here",
        paymentKey: "pk_1",
        transactionKey: "tx_1",
        listed: 39_000,
        booked: null,
      },
      {
        ...exception,
        kind: "missing_here",
        paymentKey: "pk_2",
        transactionKey: "tx_2",
        listed: -4_500,
        booked: null,
      },
      {
        ...exception,
        kind: "differs",
        paymentKey: "pk_3",
        transactionKey: "tx_3",
        listed: 1_000,
        booked: 10_000,
      },
      {
        ...exception,
        kind: "missing_there",
        paymentKey: "pk_4",
        transactionKey: "tx_4",
        listed: null,
        booked: 1_000,
        resolvedAt: minutesAgo(30),
        reason: "토스 정산 목록이 늦게 갱신됨",
      },
    ],
  };
}

function sampleMessage(number: number): TopicMessage {
  return {
    partition: number,
    offset: String(18_000 + number),
    at: minutesAgo(number),
    key: sampleAdminOrder(number).orderId,
    eventId: null,
    value: JSON.stringify({ eventType: "payment.changed", status: "DONE", amount: 39_000 }),
  };
}

function sampleLetter(number: number): DeadLetterDetail {
  const errors = ["invalid_event: amount must be a whole number", "payment_mismatch"];
  return {
    part: number % 2 === 0 ? "payment" : "order",
    id: String(number),
    topic: "PaymentConfirmed",
    key: sampleAdminOrder(number).orderId,
    error: errors[number % 2] ?? "",
    isSigned: number !== 2,
    createdAt: minutesAgo(number * 30),
    replayedAt: number === 3 ? minutesAgo(5) : null,
    discardedAt: number === 4 ? minutesAgo(5) : null,
    partition: 3,
    offset: String(900 + number),
    value: JSON.stringify({ eventType: "payment.changed", amount: "39000" }),
    headers: { ce_type: "payment.changed", traceparent: "00-0af7651916cd43dd8448eb211c80319c-01" },
  };
}

function sampleWebhook(number: number): WebhookRow & { readonly body: string } {
  return {
    id: `wh_${number}`,
    receivedAt: minutesAgo(number * 4),
    eventType: number === 2 ? "DEPOSIT_CALLBACK" : "PAYMENT_STATUS_CHANGED",
    orderId: number === 3 ? null : sampleAdminOrder(number).orderId,
    paymentKey: `tviva2026112740${number}`,
    tries: number,
    isUnknown: number === 3,
    handledAt: number === 1 ? minutesAgo(3) : null,
    body: JSON.stringify({ eventType: "PAYMENT_STATUS_CHANGED", data: { status: "DONE" } }),
  };
}

const key = {
  createdAt: minutesAgo(40_000),
  createdBy: "kim",
  lastUsedAt: minutesAgo(2),
  expiresAt: null,
  revokedAt: null,
  isFromSettings: false,
} as const;
const sampleKeys: readonly ApiKey[] = [
  { ...key, keyId: "k0", name: "settings", role: "admin", isFromSettings: true },
  { ...key, keyId: "k1", name: "kim", role: "admin" },
  {
    ...key,
    keyId: "k2",
    name: "prometheus",
    role: "metrics",
    expiresAt: "2027-01-31T14:59:59.000Z",
  },
  { ...key, keyId: "k3", name: "park", role: "operate", lastUsedAt: null },
  { ...key, keyId: "k4", name: "old-shop", role: "operate", revokedAt: minutesAgo(900) },
];

const session = {
  createdAt: minutesAgo(120),
  lastSeenAt: minutesAgo(1),
  expiresAt: "2026-11-27T15:00:00.000Z",
  endedAt: null,
  address: "203.0.113.24",
  userAgent:
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36",
} as const;
const sampleSessions: readonly AdminSession[] = [
  { ...session, sessionId: "session-admin", name: "kim", role: "admin" },
  { ...session, sessionId: "s2", name: "park", role: "operate", address: "198.51.100.7" },
  { ...session, sessionId: "s3", name: "lee", role: "read", endedAt: minutesAgo(70) },
];

const sampleAudit: readonly AuditEntry[] = [
  {
    at: minutesAgo(5),
    part: "order",
    actor: "key:kim",
    action: "dead_letter.discarded",
    subject: "dead_letter 4",
    reason: "테스트 메시지",
  },
  {
    at: minutesAgo(500),
    part: "order",
    actor: "cli:ops",
    action: "key.created",
    subject: "park",
    reason: null,
  },
];
