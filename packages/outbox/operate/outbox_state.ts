import { sql, type Kysely } from "kysely";
import { auditInsert } from "../audit.ts";
import { slotCount } from "../outbox.ts";
import { eventDays } from "../retention.ts";

/** What a look at the outbox counts at the most: its cost must not grow with the tables. */
const countMax = sql.lit(100_000);

/** The age of the oldest event that Kafka does not have yet, in seconds; 0: none waits. */
export const oldestSeconds = sql`select greatest(extract(epoch from now() - min(w.recorded_at)), 0)
  from generate_series(0, ${sql.lit(slotCount - 1)}) as s(slot) cross join lateral (
    select recorded_at from waiting_events where slot = s.slot order by recorded_at limit 1) w`;
/** How many slots no relay sends for. */
export const unheldSlots = sql`select ${sql.lit(slotCount)} - count(*) from leases
  where name like 'slot:%' and expires_at > now()`;

/** `waiting`: events that Kafka does not have yet; `relays`: processes that publish. */
export async function readOutboxState(db: Kysely<never>) {
  type State = "waiting" | "oldestSeconds" | "unheldSlots" | "writtenLastHour" | "relays";
  const { rows } = await sql<Readonly<Record<State, number>>>`
    select
      (select count(*) from (select from waiting_events limit ${countMax}) w) as waiting,
      (${oldestSeconds})::integer as "oldestSeconds", (${unheldSlots}) as "unheldSlots",
      (select count(*) from (select from events where created_at > now() - interval '1 hour'
        limit ${countMax}) h) as "writtenLastHour",
      (select count(*) from leases where name like 'relay:%' and expires_at > now()) as relays`.execute(
    db,
  );
  return rows[0] as Readonly<Record<State, number>>;
}

/** Which events: by their ids, or all that were written since a time, of one topic or of all. */
export type EventSelection =
  | { readonly eventIds: readonly string[] }
  | { readonly since: string; readonly topic?: string | undefined };

/**
 * Has published events published once more; returns how many. Consumers handle each event once, so copies do no harm.
 * Those of the last day before retention deletes them are left out: deleted at the same time, they would wait for ever.
 */
export async function publishAgain(db: Kysely<never>, selection: EventSelection): Promise<number> {
  const isSelected =
    "eventIds" in selection
      ? sql`event_id = any(${selection.eventIds}::text[]::uuid[])`
      : sql`created_at >= ${selection.since}::timestamptz
          and ${selection.topic === undefined ? sql`true` : sql`topic = ${selection.topic}`}`;
  const audited = auditInsert(
    { action: "events.republished", subject: sql`concat(events, ' events')`, detail: selection },
    sql`counted where events > 0`,
  );
  const { rows } = await sql<{ events: number }>`
    with again as (
      insert into waiting_events (slot, recorded_at, aggregate_id, version)
      select slot, coalesce(h.recorded_at, created_at), aggregate_id, version
      from outbox left join history h using (aggregate_id, version) where not is_waiting
        and created_at > now() - make_interval(days => ${sql.lit(eventDays - 1)}) and ${isSelected}
      on conflict do nothing returning 1
    ), counted as (select count(*)::integer as events from again), audited as (${audited})
    select events from counted`.execute(db);
  return rows[0]?.events ?? 0;
}
