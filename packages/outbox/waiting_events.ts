// Reads and deletes the events that wait for Kafka; docs/adr/0036-order-by-time-and-version.md explains their order.
import { sql, type RawBuilder } from "kysely";

/** The primary key of a row of `waiting_events`; `recorded_at` is text with microseconds. */
export type WaitingKey = {
  readonly slot: number;
  readonly recorded_at: string;
  readonly key: string;
  readonly version: number;
};

/** A waiting event; `topic` is its type, `key` its aggregate's id. */
export type WaitingRow = WaitingKey & {
  readonly event_id: string;
  readonly topic: string;
  readonly value: string;
  readonly trace: string | null;
  readonly created_at: string;
};

/** The oldest waiting events of the slots. An aggregate's versions are in order: none is recorded before an earlier one. */
export function waitingRows(
  slots: readonly number[],
  options: {
    readonly except: readonly Pick<WaitingKey, "key" | "version">[];
    readonly exceptKeys: readonly string[];
    /** The most rows of one slot. */
    readonly share: number;
    readonly limit: number;
  },
): RawBuilder<WaitingRow> {
  const { exceptKeys, share, limit } = options;
  const except = idsOf(options.except);
  const withoutKeys =
    exceptKeys.length === 0
      ? sql``
      : sql`and aggregate_id not in (select unnest(${exceptKeys}::text[]::uuid[]))`;
  return sql<WaitingRow>`
    select w.slot, w.recorded_at::text, w.version, e.event_id, e.topic, e.aggregate_id as key, e.payload as value,
      e.trace, e.created_at
    from (
      select oldest.* from unnest(${slots}::smallint[]) as held(slot) cross join lateral (
        select * from waiting_events
        where slot = held.slot and (aggregate_id, version) not in (
          select * from unnest(${except.ids}::text[]::uuid[], ${except.versions}::integer[])) ${withoutKeys}
        order by recorded_at, aggregate_id, version limit ${share}
      ) oldest order by recorded_at, aggregate_id, version limit ${limit}
    ) w cross join lateral (
      select * from events where aggregate_id = w.aggregate_id and version = w.version limit 1
    ) e order by w.recorded_at, w.aggregate_id, w.version`;
}

/** Deletes the rows of events that Kafka has acknowledged. */
export function deletionOf(rows: readonly WaitingKey[]): RawBuilder<unknown> {
  const slots = rows.map(({ slot }) => slot);
  const times = rows.map((row) => row.recorded_at);
  const { ids, versions } = idsOf(rows);
  return sql`
    delete from waiting_events where ctid = any(array(
      select w.ctid from unnest(${slots}::smallint[], ${times}::text[]::timestamptz[],
        ${ids}::text[]::uuid[], ${versions}::integer[]) as d(slot, recorded_at, id, version)
      cross join lateral (
        select ctid from waiting_events where slot = d.slot and recorded_at = d.recorded_at
          and aggregate_id = d.id and version = d.version limit 1) w))`;
}

function idsOf(rows: readonly Pick<WaitingKey, "key" | "version">[]) {
  return { ids: rows.map(({ key }) => key), versions: rows.map(({ version }) => version) };
}
