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
  "refund_requested",
  "payment_without_order",
  "money_without_order",
  "reconciliation",
  "tax_free_differs",
  // about PayFlow
  "dead_letters",
  "webhooks_waiting",
  "mails_failed",
  "endpoint_off",
  "endpoint_failing",
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
  readonly orderNumber?: string | undefined;
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
  /** Of a webhook endpoint. */
  readonly url?: string | undefined;
};

export type PartHealth = {
  readonly part: "order" | "payment" | "kafka" | "toss";
  readonly state: "up" | "degraded" | "down" | "unknown";
  /** Of Toss in the last five minutes: calls, the share that was answered as it should be, and half of the answers' time. */
  readonly calls?: number | undefined;
  readonly successRate?: number | undefined;
  readonly medianMs?: number | undefined;
};
