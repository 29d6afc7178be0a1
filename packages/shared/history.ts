/** Who asked for something: the browser session that placed the order, or the merchant. */
export type Actor = "shopper" | "merchant";

/** One thing that happened to an order or its payment, for operators. */
export type HistoryEntry = {
  readonly at: string;
  readonly part: "order" | "payment";
  readonly version: number;
  /** The status from then on. */
  readonly status: string;
  /** The use case that decided it. */
  readonly cause: string;
  /** More about it: Toss's code, the paymentKey, who asked for it. */
  readonly detail: unknown;
  readonly events: readonly {
    readonly eventId: string;
    readonly eventType: string;
    /** When Kafka had it; null while it waits. */
    readonly publishedAt: string | null;
  }[];
};
