/** One change of an aggregate: its next version and everything that must be written with it. */
export type Save<Row extends object = Record<string, unknown>> = {
  readonly id: string;
  /** The version that this save writes. */
  readonly version: number;
  /** The stored version that it replaces, if that is not `version - 1`; 0 creates the aggregate. */
  readonly follows?: number | undefined;
  /** Created once per change: after a lost response it shows whether the change was written. */
  readonly changeId: string;
  /** Column values, by the names of `AggregateTable.columns`. */
  readonly row: Readonly<Row>;
  readonly status: string;
  /** For the history: the use case that made the change. */
  readonly cause: string;
  readonly detail?: unknown;
  /** The actor, if it is not the one of the work under way (`actingAs`). */
  readonly actor?: string | undefined;
  readonly recordedAt: string;
  /** At most one: consumers identify an aggregate's event by its version. */
  readonly events: readonly DomainEvent[];
  /** Rows of the table's journal. */
  readonly journal?: readonly object[] | undefined;
  /** The consumed message that caused this change; it takes effect once. */
  readonly message?: { readonly id: string; readonly topic: string } | undefined;
  /** An idempotency key: the aggregate is created only if the key is free. */
  readonly claim?: Readonly<Record<"scope" | "key" | "requestHash", string>> | undefined;
};

/** An event as consumers receive it; `eventType` is its topic. */
export type DomainEvent = {
  readonly eventId: string;
  readonly eventType: string;
  readonly occurredOn: string;
};

/**
 * saved: written. stale: another writer was first, or another aggregate has the same value in a unique column; read and
 * decide again. handled: the message took effect before.
 */
export type SaveResult = "saved" | "stale" | "handled";

/** The aggregate's own table, with `id` and `version` besides `columns`, which are those of `Row`. */
export type AggregateTable<Row extends object = Record<string, unknown>> = {
  readonly name: string;
  /** The PostgreSQL type of each column that a save writes. */
  readonly columns: { readonly [Name in keyof Row]-?: string };
  /** An append-only table: the column and type of each field of `Save.journal`, besides `version` and `position`. */
  readonly journal?: {
    readonly name: string;
    readonly fields: Readonly<Record<string, readonly [column: string, type: string]>>;
  };
  /** Unique indexes, each with its text column: a violation makes the save stale instead of throwing. */
  readonly unique?: Readonly<Record<string, keyof Row & string>>;
  /** A column whose stored value must, like the version, equal the save's; otherwise the save is stale. */
  readonly lockColumn?: keyof Row & string;
  /** `column` is the time of the last change of `of`: it is written only when `of` changes. */
  readonly dated?: Readonly<Record<"column" | "of", keyof Row & string>>;
};
