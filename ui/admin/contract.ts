import type {
  AppError,
  HistoryEntry,
  ListedException,
  MoneyMonth,
  OrderItem,
  OrderStatus,
  PaymentCancel,
  PaymentSnapshot,
  Reconciliation,
} from "@payflow/shared";
import type { TimelineEntry } from "../contract.ts";

/**
 * What the console's pages need from whoever serves them. Like the shop's pages they know no table and no topic. Every
 * list is a page: `after` is the place that the page before ended at (`next`), as it came; null ends the list.
 * All times are ISO 8601 in UTC, all sums won; days are Korean, as YYYY-MM-DD, months as YYYY-MM.
 */
export type AdminDeps = AdminSessions &
  AdminAttention &
  AdminOrders &
  AdminMoney &
  AdminEvents & {
    readonly shopName: string;
    /** Origin under which browsers reach the console, without a slash at its end. */
    readonly publicUrl: string;
    /** The page of Toss's sandbox, where there is one. */
    readonly sandboxUrl?: string | undefined;
    /**
     * The refusal that something thrown stands for, if it stands for one; else it is a fault, to be logged here. Without
     * this, AppErrors are refusals and the rest goes to the process's log.
     */
    refusalOf?(thrown: unknown, requestId: string): AppError | undefined;
    /** The time on the clock that all times of orders are of. */
    now(): string;
  };

export const signInRoles = ["read", "operate", "admin"] as const;
export const roles = [...signInRoles, "metrics"] as const;
/** What a key may do; each of `signInRoles` may do what the one before it may. */
export type Role = (typeof roles)[number];

/** Who signed in. */
export type Operator = {
  /** Of the key: what a history row names as `key:NAME`. */
  readonly name: string;
  readonly role: (typeof signInRoles)[number];
  readonly sessionId: string;
};

/** Hono variables that the mounting server sets on each request below /admin. */
export type AdminVariables = { operator: Operator | undefined; requestId: string };

export type Listed<Row> = { readonly rows: readonly Row[]; readonly next: string | null };

// Every function that changes something acts in the name of the operator of the request under way, and throws AppError
// `role_too_weak` when the operator's role does not allow it. `database_unavailable` and `payment_unavailable` may be
// thrown by all.

export type AdminSessions = {
  /**
   * Begins a session by a cookie in the answer under way. Throws AppError `key_not_valid` for a key that is unknown,
   * revoked or of the role `metrics`, and `rate_limited`.
   */
  signIn(key: string): Promise<Operator>;
  signOut(): Promise<void>;
  /** Newest first; those that ended more than 30 days ago are left out. */
  listSessions(after?: string): Promise<Listed<AdminSession>>;
  endSession(sessionId: string): Promise<void>;
  /** Those in force first, then the newest. */
  listKeys(after?: string): Promise<Listed<ApiKey>>;
  /** The key itself is shown by this answer only. Throws AppError `invalid_request` with `details.errors`, `key_name_taken`. */
  createKey(key: {
    readonly name: string;
    readonly role: Role;
    /** A day, whose end the key expires at; undefined: never. */
    readonly expiresOn?: string | undefined;
  }): Promise<{ readonly key: string; readonly made: ApiKey }>;
  revokeKey(keyId: string): Promise<void>;
  /** What operators did besides changes of orders: keys, letters, exceptions. Newest first. */
  listAudit(after?: string): Promise<Listed<AuditEntry>>;
};

export type AdminSession = {
  readonly sessionId: string;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: string;
  readonly lastSeenAt: string;
  readonly expiresAt: string;
  readonly endedAt: string | null;
  readonly address: string;
  readonly userAgent: string;
};

export type ApiKey = {
  readonly keyId: string;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly lastUsedAt: string | null;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  /** The key of the service's settings can't be revoked here. */
  readonly isFromSettings: boolean;
};

export type AuditEntry = {
  readonly at: string;
  readonly part: "order" | "payment";
  readonly actor: string;
  /** `key.created`, `dead_letter.replayed`, … */
  readonly action: string;
  readonly subject: string;
  readonly reason: string | null;
};

export type AdminAttention = {
  /** Everything that needs manual review or is older than it should be; the figures are those of the alerts. */
  readAttention(): Promise<Attention>;
};

export type Attention = {
  /** Most urgent first, `itemsMax` (200) at the most. */
  readonly items: readonly AttentionItem[];
  readonly hasMore: boolean;
  readonly parts: readonly PartHealth[];
};

export const attentionKinds = [
  // about one order or payment
  "confirm_open",
  "refund_open",
  "return_open",
  "manual_review",
  "account_needed",
  "payment_without_order",
  "money_without_order",
  "reconciliation",
  // about PayFlow
  "dead_letters",
  "webhooks_waiting",
  "outbox_old",
  "relay_missing",
  "consumer_behind",
  "unsigned_messages",
] as const;
export type AttentionKind = (typeof attentionKinds)[number];

export type AttentionItem = {
  readonly kind: AttentionKind;
  readonly part: "order" | "payment";
  /** Since when. */
  readonly since: string | null;
  /** How many of the kind this stands for. */
  readonly count: number;
  readonly orderId?: string | undefined;
  readonly amount?: number | undefined;
  /** Of the buyer, masked. */
  readonly customer?: string | undefined;
  readonly paymentKey?: string | undefined;
  /** What Toss or the error said last. */
  readonly said?: string | undefined;
  /** When Toss is queried next. */
  readonly nextAt?: string | null | undefined;
  /** A Korean day, of a reconciliation. */
  readonly day?: string | undefined;
};

export type PartHealth = {
  readonly part: "order" | "payment" | "kafka" | "toss";
  readonly state: "up" | "degraded" | "down" | "unknown";
  /** Of Toss in the last five minutes: calls, the share that was answered as it should be, and half of the answers' time. */
  readonly calls?: number | undefined;
  readonly successRate?: number | undefined;
  readonly medianMs?: number | undefined;
};

export type OrderFilter = {
  /**
   * An order's id or its beginning, an e-mail address or its beginning, a name, a paymentKey or a part of it (of eight
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
    readonly account?: RefundAccountInput | undefined;
  }): Promise<void>;
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

export type OrderRow = {
  readonly orderId: string;
  readonly orderName: string;
  readonly createdAt: string;
  readonly status: OrderStatus;
  readonly amount: number;
  readonly refundedAmount: number;
  /** Masked. */
  readonly customer: string;
  readonly method: string | null;
};

export type OrderSums = {
  readonly count: number;
  readonly amount: number;
  readonly refundedAmount: number;
  readonly isMore: boolean;
};

/** One order with all that both services know of it. */
export type AdminOrder = {
  readonly orderId: string;
  readonly orderName: string;
  readonly status: OrderStatus;
  readonly amount: number;
  readonly refundedAmount: number;
  readonly items: readonly OrderItem[];
  /** Both empty once they were erased. */
  readonly customerName: string;
  readonly customerEmail: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly confirmedAt: string | null;
  readonly payment: PaymentSnapshot | null;
  /** Undefined while payment can't be reached. */
  readonly money: AdminPayment | undefined;
  readonly timeline: readonly TimelineEntry[];
  /** Of both services, oldest first; payment's are missing while it can't be reached. */
  readonly history: readonly HistoryEntry[];
  readonly actions: {
    readonly canRefund: boolean;
    /** What can still be refunded. */
    readonly refundable: number;
    readonly needsRefundAccount: boolean;
    readonly canCancel: boolean;
    readonly canQueryToss: boolean;
    readonly canErase: boolean;
  };
};

export type AdminPayment = {
  readonly paymentKeys: readonly string[];
  readonly cancels: readonly PaymentCancel[];
  readonly ledger: readonly LedgerRow[];
  readonly webhooks: readonly WebhookRow[];
  readonly openEnds: readonly AttentionItem[];
};

export type LedgerRow = {
  readonly occurredAt: string;
  readonly kind: "capture" | "refund" | "return" | "deposit_reversal" | "correction";
  /** Below 0 for money that left. */
  readonly amount: number;
  readonly method: string | null;
  readonly paymentKey: string;
  readonly transactionKey: string | null;
  readonly card: {
    readonly issuer?: string | null;
    readonly number?: string | null;
    readonly installmentMonths?: number | null;
    readonly approvalNumber?: string | null;
  } | null;
  readonly vat: number | null;
  readonly receiptUrl: string | null;
};

export type AdminMoney = {
  /** Each day of the month with a movement, and the month's totals. */
  readMonth(month: string): Promise<MoneyMonth>;
  /** Each movement of the month as CSV, in pieces. */
  exportMonth(month: string, language: "ko" | "en"): AsyncIterable<string>;
  /** How Toss's list of that day and the ledger compare; null when the day was never compared. */
  findReconciliation(day: string): Promise<Reconciliation | null>;
  /** Has the day compared with Toss's list again, soon. Throws AppError `invalid_request` for a day that has not begun. */
  requestReconciliation(day: string): Promise<void>;
  /** Notes why a difference is none. Throws AppError `exception_not_found`. */
  resolveException(exception: {
    readonly day: string;
    readonly paymentKey: string;
    readonly transactionKey: string;
    readonly kind: ListedException["kind"];
    readonly reason: string;
  }): Promise<void>;
  /** Notes one reason for all open exceptions of a kind, of one day or of all; how many it were. */
  resolveExceptions?(exceptions: {
    readonly kind: ListedException["kind"];
    readonly day?: string;
    readonly reason: string;
  }): Promise<number>;
};

export type Part = "order" | "payment";

export type AdminEvents = {
  readOutbox(): Promise<readonly OutboxState[]>;
  readTopics(): Promise<readonly TopicState[]>;
  /** Messages of a topic, newest first; with `key` only an order's. */
  listMessages(
    topic: string,
    options: { readonly key?: string | undefined; readonly after?: string | undefined },
  ): Promise<Listed<TopicMessage>>;
  /** Neither replayed nor discarded unless `state` says otherwise, newest first. */
  listDeadLetters(
    options: { readonly state?: "open" | "all" | undefined; readonly q?: string | undefined },
    after?: string,
  ): Promise<Listed<DeadLetter>>;
  findDeadLetter(part: Part, id: string): Promise<DeadLetterDetail | undefined>;
  /** Publishes it once more. Throws AppError `dead_letter_not_found`, `kafka_unavailable`. */
  replayDeadLetter(part: Part, id: string): Promise<void>;
  /** All open ones with the same error, at most 1,000; how many it were. */
  replayCause(part: Part, error: string): Promise<number>;
  discardDeadLetter(part: Part, id: string, reason: string): Promise<void>;
  /** Toss's webhooks, newest first. */
  listWebhooks(
    options: {
      readonly state?: "waiting" | "unknown" | undefined;
      readonly orderId?: string | undefined;
    },
    after?: string,
  ): Promise<Listed<WebhookRow>>;
  findWebhook(id: string): Promise<(WebhookRow & { readonly body: string }) | undefined>;
};

export type OutboxState = {
  readonly part: Part;
  readonly waiting: number;
  readonly oldestSeconds: number;
  readonly writtenLastHour: number;
  readonly relays: number;
};

export type TopicState = {
  readonly topic: string;
  readonly partitions: number;
  /** Messages that Kafka has. */
  readonly messages: number;
  readonly groups: readonly { readonly group: string; readonly lag: number }[];
};

export type TopicMessage = {
  readonly partition: number;
  readonly offset: string;
  readonly at: string;
  readonly key: string | null;
  readonly eventId: string | null;
  readonly value: string;
};

export type DeadLetter = {
  readonly part: Part;
  readonly id: string;
  readonly topic: string;
  readonly key: string | null;
  readonly error: string;
  readonly isSigned: boolean;
  readonly createdAt: string;
  readonly replayedAt: string | null;
  readonly discardedAt: string | null;
};

export type DeadLetterDetail = DeadLetter & {
  readonly partition: number;
  readonly offset: string;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
};

export type WebhookRow = {
  readonly id: string;
  readonly receivedAt: string;
  readonly eventType: string;
  readonly orderId: string | null;
  readonly paymentKey: string | null;
  readonly tries: number;
  readonly isUnknown: boolean;
  readonly handledAt: string | null;
};
