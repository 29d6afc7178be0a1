import { sql, type Kysely } from "kysely";
import { auditInsert } from "../audit.ts";
import { slotCount } from "../outbox.ts";
import { eventDays } from "../retention.ts";

export type OutboxState = {
  /** Events that Kafka does not have yet, `countMax` at the most. */
  readonly waiting: number;
  /** Age of the oldest of them; 0: none waits. */
  readonly oldestSeconds: number;
  /** `countMax` at the most. */
  readonly writtenLastHour: number;
  /** Processes that publish. */
  readonly relays: number;
};

/** What a look at the outbox counts at the most: its cost must not grow with the tables. */
const countMax = 100_000;

export async function readOutboxState(db: Kysely<never>): Promise<OutboxState> {
  const { rows } = await sql<OutboxState>`
    select
      (select count(*) from (select from waiting_events limit ${sql.lit(countMax)}) w) as waiting,
      (select coalesce(extract(epoch from now() - min(w.recorded_at)), 0)::integer
        from generate_series(0, ${sql.lit(slotCount - 1)}) as s(slot) cross join lateral (
          select recorded_at from waiting_events where slot = s.slot order by recorded_at limit 1) w
      ) as "oldestSeconds",
      (select count(*) from (select from events where created_at > now() - interval '1 hour'
        limit ${sql.lit(countMax)}) h) as "writtenLastHour",
      (select count(*) from leases where name like 'relay:%' and expires_at > now()) as relays`.execute(
    db,
  );
  return rows[0] as OutboxState;
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
