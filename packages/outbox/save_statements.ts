// The two statements that write saves. The input has one array per column, unnested to one row per save. A cached plan
// must stay fast when the tables grow: each row is found by an index look-up of its own (a lateral join with a limit, or
// a scalar subquery) or by the index of `on conflict`.
import { arrayLiteral } from "@payflow/database";
import type { Acting } from "./audit.ts";
import type { AggregateTable, DomainEvent, Save } from "./save.ts";
import { slotOf } from "./slot_leases.ts";

/** Size limit of an event: a quarter of the largest batch of a topic. */
export const eventBytesMax = 256 * 1024;

/** A save with the trace and the actor of the work that caused it. */
export type TracedSave = Save & { readonly trace: string | undefined; readonly by: Acting };
/** Name, PostgreSQL type and value of a column of the input. */
type Column = readonly [string, string, (save: TracedSave, position: number) => unknown];
type Journal = NonNullable<AggregateTable["journal"]>;

const common: readonly Column[] = [
  ["n", "integer", (_, position) => position],
  ["id", "uuid", (save) => save.id],
  ["version", "integer", (save) => save.version],
  ["follows", "integer", (save) => followedVersion(save)],
  ["change_id", "uuid", (save) => save.changeId],
  ["history_status", "text", (save) => save.status],
  ["history_cause", "text", (save) => save.cause],
  ["history_detail", "jsonb", (save) => save.detail],
  ["history_actor", "text", (save) => save.by.actor],
  ["history_reason", "text", (save) => save.by.reason],
  ["recorded_at", "timestamptz", (save) => save.recordedAt],
  ["message_id", "uuid", (save) => save.message?.id],
  ["message_topic", "text", (save) => save.message?.topic],
  ["claim_scope", "text", (save) => save.claim?.scope],
  ["claim_key", "text", (save) => save.claim?.key],
  ["claim_hash", "text", (save) => save.claim?.requestHash],
  ["event_id", "uuid", (save) => save.events[0]?.eventId],
  ["event_topic", "text", (save) => save.events[0]?.eventType],
  ["event_slot", "smallint", (save) => slotOf(save.id)],
  ["event_payload", "text", (save) => payloadOf(save.events)],
  ["event_trace", "text", (save) => save.trace],
  ["event_at", "timestamptz", (save) => save.events[0]?.occurredOn],
];

/** The stored version that a save replaces; 0 creates the aggregate. */
export function followedVersion(save: Save): number {
  return save.follows ?? save.version - 1;
}

export function saveStatements(table: AggregateTable) {
  const own = Object.entries(table.columns);
  const ownColumns = own.map(([name, type]): Column => {
    // PostgreSQL reads an array of arrays as two-dimensional, so the inner arrays are passed as text
    const inputType = type.endsWith("[]") ? "text" : type;
    return [name, inputType, (save) => save.row[name]];
  });
  const journal: Column[] = table.journal ? [["journal", "jsonb", (save) => save.journal]] : [];
  const columns = [...common, ...ownColumns, ...journal];
  const arrays = columns.map(([, type], index) => `$${index + 1}::text::${type}[]`).join(", ");
  const input = `with input as materialized (
  select * from unnest(${arrays}) as t(${columns.map(([name]) => `"${name}"`).join(", ")})
)`;
  const insert = `insert into "${table.name}" (id, version, ${own.map(([name]) => `"${name}"`).join(", ")})
  select id, version, ${own.map(([name, type]) => (type.endsWith("[]") ? `"${name}"::${type}` : `"${name}"`)).join(", ")}`;
  const insertClaims = `insert into idempotency_keys (scope, key, request_hash, aggregate_id, created_at)
  select claim_scope, claim_key, claim_hash, id, recorded_at`;
  const { column: dated, of } = table.dated ?? {};
  const kept = `case when "${table.name}"."${of}" is distinct from excluded."${of}" then excluded."${dated}" else "${table.name}"."${dated}" end`;
  const sets = own.map(([name]) => `"${name}" = ${name === dated ? kept : `excluded."${name}"`}`);
  const isUnmoved =
    table.lockColumn === undefined ? "" : ` and a.${table.lockColumn} = i.${table.lockColumn}`;
  return {
    /** Plain inserts, all or nothing: fails with 23505 when any row exists already. Returns no rows. */
    create: `${input}, claimed as (
  ${insertClaims} from input where claim_key is not null order by claim_scope, claim_key
), created as (
  ${insert} from input
), ${insertsFrom("input", "recorded_at", table.journal)}
select from input where false`,
    /** Writes each save that is not stale. Returns `n` with "saved" or "handled", and no row for a stale save. */
    write: `${input}, unhandled as materialized (
  select * from input i
  where message_id is null or (select true from inbox m where m.message_id = i.message_id) is null
), claimed as (
  ${insertClaims} from unhandled where follows = 0 and claim_key is not null order by claim_scope, claim_key
  on conflict do nothing returning aggregate_id
), created as (
  ${insert} from unhandled
  where follows = 0 and (claim_key is null or id in (select aggregate_id from claimed))
  on conflict (id) do nothing returning id
), locked as materialized (
  select i.*, greatest(i.recorded_at, (select h.recorded_at from history h
    where h.aggregate_id = i.id and h.version = i.follows)) as ordered_at
  from unhandled i cross join lateral (
    select from "${table.name}" a where a.id = i.id and a.version = i.follows${isUnmoved} limit 1 for update) a
), changed as (
  ${insert} from locked
  on conflict (id) do update set version = excluded.version, ${sets.join(", ")}
), saved as materialized (
  select * from locked union all
  select *, recorded_at from unhandled where id in (select id from created)
), ${insertsFrom("saved", "ordered_at", table.journal)}
select n, 'saved' as result from saved
union all select n, 'handled' from input where n not in (select n from unhandled)`,
    /** For both statements. Throws RangeError if a save has more than one event, or one larger than `eventBytesMax`. */
    parametersOf: (saves: readonly TracedSave[]) =>
      columns.map(([, type, of]) => columnLiteral(saves.map(of), type)),
  };
}

/**
 * The rows written besides the aggregate's own. `recordedAt` is never before the previous version's, even with clock skew
 * between replicas, because the relay reads events in its order.
 */
function insertsFrom(saves: string, recordedAt: string, journal?: Journal): string {
  return `happened as (
  insert into events (aggregate_id, version, event_id, slot, topic, payload, trace, created_at)
  select id, version, event_id, event_slot, event_topic, event_payload, event_trace, event_at
  from ${saves} where event_id is not null
), waiting as (
  insert into waiting_events (slot, recorded_at, aggregate_id, version)
  select event_slot, ${recordedAt}, id, version from ${saves} where event_id is not null
), messages as (
  insert into inbox (message_id, topic)
  select message_id, message_topic from ${saves} where message_id is not null
), changes as (
  insert into history (aggregate_id, version, change_id, status, cause, detail, actor, reason, recorded_at)
  select id, version, change_id, history_status, history_cause, history_detail, history_actor, history_reason, ${recordedAt}
  from ${saves}
)${journal ? journalled(saves, journal) : ""}`;
}

function journalled(saves: string, { name, fields }: Journal): string {
  const typed = Object.entries(fields).map(([field, [, type]]) => `"${field}" ${type}`);
  const columns = Object.values(fields).map(([column]) => column);
  return `, journalled as (
  insert into ${name} (version, position, ${columns.join(", ")})
  select s.version, j.position, ${columns.map((column) => `j.${column}`).join(", ")}
  from ${saves} s cross join lateral rows from (jsonb_to_recordset(s.journal) as (${typed.join(", ")}))
    with ordinality as j(${columns.join(", ")}, position)
)`;
}

/** Throws for an event that Kafka would always reject: it must not be written. */
function payloadOf([event, ...others]: readonly DomainEvent[]): string | undefined {
  if (others.length > 0) throw new RangeError("A change has one event at the most");
  const payload = event && JSON.stringify(event);
  const bytes = Buffer.byteLength(payload ?? "");
  if (bytes > eventBytesMax)
    throw new RangeError(
      `${event?.eventType} ${event?.eventId} has ${bytes} bytes, and the limit is ${eventBytesMax}: limit the size of its fields`,
    );
  return payload;
}

/** The values of a column. If all are null the array is empty, because `unnest` pads shorter arrays with nulls. */
function columnLiteral(values: readonly unknown[], type: string): string {
  if (values.every((value) => (value ?? null) === null)) return "{}";
  if (type.startsWith("json"))
    return arrayLiteral(values.map((value) => (value === null ? null : JSON.stringify(value))));
  return arrayLiteral(values.map((value) => (Array.isArray(value) ? arrayLiteral(value) : value)));
}
