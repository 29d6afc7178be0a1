/** One decision, ready to be written: an aggregate's next version and all that must be written with it. */
export type Save<Row extends object = Record<string, unknown>> = {
  readonly id: string;
  /** The version that this save writes. */
  readonly version: number;
  /** The version that it is written on, when it is not the one before; 0 creates the aggregate. */
  readonly follows?: number | undefined;
  /** Made once per decision: it tells a decision that was written from one that was not, whatever became of the answer. */
  readonly changeId: string;
  /** Column values, by the names of `AggregateTable.columns`. */
  readonly row: Readonly<Row>;
  readonly status: string;
  /** What led to the change, for the history: a use case's name. */
  readonly cause: string;
  readonly detail?: unknown;
  /** Whose decision it is, when it is not that of whoever caused the work under way (`actingAs`). */
  readonly actor?: string | undefined;
  readonly recordedAt: string;
  /** One at the most: readers tell the events of an aggregate apart by its version. */
  readonly events: readonly DomainEvent[];
  /** Rows of the table's journal. */
  readonly journal?: readonly object[] | undefined;
  /** The consumed message that this change answers; it takes effect once. */
  readonly message?: { readonly id: string; readonly topic: string } | undefined;
  /** An idempotency key that must be free for the aggregate to be created. */
  readonly claim?: Readonly<Record<"scope" | "key" | "requestHash", string>> | undefined;
};

/** What happened, as readers get it; `eventType` is its topic. */
export type DomainEvent = {
  readonly eventId: string;
  readonly eventType: string;
  readonly occurredOn: string;
};

/**
 * saved: written. stale: another version came first, or another aggregate with a value that only one may have; decide
 * again. handled: the message took effect before.
 */
export type SaveResult = "saved" | "stale" | "handled";

/** The aggregate's own table, with `id` and `version` besides `columns`, which are those of `Row`. */
export type AggregateTable<Row extends object = Record<string, unknown>> = {
  readonly name: string;
  /** The PostgreSQL type of each column that a save writes. */
  readonly columns: { readonly [Name in keyof Row]-?: string };
  /** A table that is only added to: the column and type of each field of `Save.journal`, besides `version` and `position`. */
  readonly journal?: {
    readonly name: string;
    readonly fields: Readonly<Record<string, readonly [column: string, type: string]>>;
  };
  /** Unique indexes of which a violation makes a save stale, and is no fault: the text column of each. */
  readonly unique?: Readonly<Record<string, keyof Row & string>>;
  /** A column that, besides the version, must hold what it held when the change was decided. */
  readonly unmoved?: keyof Row & string;
  /** A column that is written only with a change of another one, which it dates. */
  readonly dated?: Readonly<Record<"column" | "of", keyof Row & string>>;
};
