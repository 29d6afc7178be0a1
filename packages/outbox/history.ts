import { sql, type Kysely } from "kysely";
import { isUuid } from "@payflow/database";

/** One version of an aggregate, for operators. */
export type HistoryEntry = {
  readonly at: string;
  readonly version: number;
  /** The status after the change. */
  readonly status: string;
  /** The use case that made the change; it may have recorded `detail`. */
  readonly cause: string;
  readonly detail: unknown;
  readonly actor: string;
  readonly reason: string | null;
  readonly events: { eventId: string; eventType: string; isPublished: boolean }[];
};

/** More versions than an aggregate normally has; older ones are left out. */
const entriesMax = 1_000;

/** The newest changes of an aggregate, oldest first, each with its events. */
export async function listHistory(db: Kysely<never>, aggregateId: string): Promise<HistoryEntry[]> {
  if (!isUuid(aggregateId)) return [];
  const { rows } = await sql<HistoryEntry>`
    select h.recorded_at as at, h.version, h.status, h.cause, h.detail, h.actor, h.reason,
      coalesce((
        select json_agg(json_build_object(
          'eventId', o.event_id, 'eventType', o.topic, 'isPublished', not o.is_waiting))
        from outbox o where o.aggregate_id = h.aggregate_id and o.version = h.version), '[]') as events
    from history h where h.aggregate_id = ${aggregateId}
    order by h.version desc limit ${entriesMax}`.execute(db);
  return rows.reverse();
}
