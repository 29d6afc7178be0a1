import type { AttentionItem as Item } from "@payflow/back-office";

export type AdminAttention = {
  /** Everything that needs manual review or is overdue; the same figures as the alerts. */
  readAttention(): Promise<Attention>;
};

export type Attention = {
  /** Most urgent first, at most 200 (`itemsMax`). */
  readonly items: readonly AttentionItem[];
  readonly hasMore: boolean;
  readonly parts: readonly PartHealth[];
};

export type AttentionItem = Item & { readonly orderNumber?: string | undefined };

export type PartHealth = {
  readonly part: "order" | "payment" | "kafka" | "toss";
  readonly state: "up" | "degraded" | "down" | "unknown";
  /** For Toss, over the last five minutes: calls, the share of successful ones, and the median response time. */
  readonly calls?: number | undefined;
  readonly successRate?: number | undefined;
  readonly medianMs?: number | undefined;
};
