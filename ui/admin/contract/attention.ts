import type { AttentionItem as Item } from "@payflow/back-office";

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

export type AttentionItem = Item & { readonly orderNumber?: string | undefined };

export type PartHealth = {
  readonly part: "order" | "payment" | "kafka" | "toss";
  readonly state: "up" | "degraded" | "down" | "unknown";
  /** Of Toss in the last five minutes: calls, the share that was answered as it should be, and half of the answers' time. */
  readonly calls?: number | undefined;
  readonly successRate?: number | undefined;
  readonly medianMs?: number | undefined;
};
