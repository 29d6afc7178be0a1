import type { Kysely } from "kysely";
import { createFind, createMarkHandled, createSaves, inSpan, noTracer } from "@payflow/outbox";
import type { AggregateTable, DomainEvent, Save, SaveResult, Tracer } from "@payflow/outbox";
import type { Change } from "../change.ts";
import { withEntries } from "../timeline.ts";

type Aggregate = { readonly orderId: string; readonly version: number; readonly status: string };

export type AggregateRow = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly version: number;
  readonly changed_at: string;
};

/** Maps an aggregate to its table, whose `id` is the order's. */
type AggregateColumns<State extends Aggregate> = Omit<AggregateTable, "columns"> & {
  /** The column of each field, and its type. */
  readonly fields: Readonly<
    Record<Exclude<keyof State, "orderId" | "version">, readonly [column: string, type: string]>
  >;
  /** Extra columns for queries: type, and value computed from the state. */
  readonly computed?: Readonly<Record<string, readonly [string, (state: State) => unknown]>>;
};

export function mapRows<State extends Aggregate>(columns: AggregateColumns<State>) {
  const { fields, computed = {}, ...named } = columns;
  const mapped = Object.entries<readonly [string, string]>(fields);
  const added = Object.entries(computed);
  const table: AggregateTable = {
    ...named,
    columns: {
      ...Object.fromEntries(mapped.map(([, column]) => column)),
      ...Object.fromEntries(added.map(([name, [type]]) => [name, type])),
      // milliseconds, as in the sweeps' progress
      changed_at: "timestamptz(3)",
    },
  };
  return {
    table,
    stateOf(row: AggregateRow): State {
      const state: Record<string, unknown> = { orderId: row.id, version: row.version };
      for (const [field, [column]] of mapped) state[field] = row[column];
      return state as State;
    },
    rowOf(state: State): Readonly<Record<string, unknown>> {
      // the statement's time: an earlier time could lie before rows that a sweep has read since, and would be skipped
      const row: Record<string, unknown> = { changed_at: "now" };
      for (const [field, [column]] of mapped) row[column] = state[field as keyof State];
      for (const [name, [, valueOf]] of added) row[name] = valueOf(state);
      return row;
    },
  };
}

export type StoreOptions<State> = NonNullable<Parameters<typeof createSaves>[2]> & {
  readonly newId: () => string;
  readonly now: () => string;
  readonly tracer?: Tracer;
  /** Called after a save with the new state and its events. */
  readonly onChanged: (state: State, events: readonly DomainEvent[]) => void;
};

/** Writes aggregates by compare-and-set on their versions. */
export function aggregateStore<State extends Aggregate>(
  db: Kysely<never>,
  rows: ReturnType<typeof mapRows<State>>,
  options: StoreOptions<State>,
) {
  const { table, rowOf, stateOf } = rows;
  const { tracer = noTracer } = options;
  const write = createSaves(db, table, options);
  return {
    isLate: write.isLate,
    markHandled: createMarkHandled(db),
    find: createFind(db, table, stateOf),
    async save(
      { state, events, entries, journal }: Change<State, DomainEvent>,
      why: Pick<Save, "follows" | "cause" | "detail" | "message" | "claim">,
    ): Promise<SaveResult> {
      const saving = {
        ...why,
        id: state.orderId,
        version: state.version,
        changeId: options.newId(),
        status: state.status,
        row: rowOf(state),
        detail: withEntries(why.detail, entries),
        recordedAt: options.now(),
        events,
        journal,
      };
      const about = {
        name: `save ${table.name}`,
        kind: "client",
        attributes: {
          "db.system.name": "postgresql",
          "db.collection.name": table.name,
          "db.operation.name": "save",
          "payflow.order_id": state.orderId,
          "payflow.cause": why.cause,
        },
      } as const;
      const result = await inSpan(tracer, about, () => write(saving));
      if (result === "saved") options.onChanged(state, events);
      return result;
    },
  };
}
