import { sql, type Kysely } from "kysely";
import { auditInsert, eventDays } from "@payflow/outbox";

/** Selects events by ids, or all written since a time, of one topic or of all. */
export type EventSelection =
  | { readonly eventIds: readonly string[] }
  | { readonly since: string; readonly topic?: string | undefined };

/**
 * Makes published events wait for Kafka again; returns how many. Consumers handle each event once, so copies do no harm.
 * Events that retention deletes within a day are skipped: if an event is deleted meanwhile, its row would wait for ever.
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
