// The statements that write saves. The input of many saves has one array per column, unnested to one row per save; that of
// one save has its values. A cached plan must stay fast when the tables grow: each row is found by an index look-up of its
// own (a lateral join with a limit, or a scalar subquery) or by the index of `on conflict`.
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

/** The parts of a statement that these saves need: PostgreSQL spends most of a small statement on starting its parts. */
function shapeOf(saves: readonly TracedSave[], isNew: boolean) {
  return {
    isNew,
    isOne: saves.length === 1,
    creates: saves.every((save) => followedVersion(save) === 0),
    claims: saves.some(({ claim }) => claim),
    messages: saves.some(({ message }) => message),
    events: saves.some(({ events }) => events.length > 0),
    journals: saves.some(({ journal }) => journal?.length),
  };
}
type Shape = ReturnType<typeof shapeOf>;

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
  const many = `select * from unnest(${arrays}) as t(${columns.map(([name]) => `"${name}"`).join(", ")})`;
  const one = `select ${columns.map(([name, type], index) => `$${index + 1}::text::${type} as "${name}"`).join(", ")}`;
  const insert = `insert into "${table.name}" (id, version, ${own.map(([name]) => `"${name}"`).join(", ")})
  select id, version, ${own.map(([name, type]) => (type.endsWith("[]") ? `"${name}"::${type}` : `"${name}"`)).join(", ")}`;
  const { column: dated, of } = table.dated ?? {};
  const kept = `case when "${table.name}"."${of}" is distinct from excluded."${of}" then excluded."${dated}" else "${table.name}"."${dated}" end`;
  const sets = own.map(([name]) => `"${name}" = ${name === dated ? kept : `excluded."${name}"`}`);
  const isUnmoved =
    table.lockColumn === undefined ? "" : ` and a.${table.lockColumn} = i.${table.lockColumn}`;

  function textOf({ isNew, isOne, creates, claims, messages, events, journals }: Shape): string {
    const open = messages && !isNew ? "unhandled" : "input";
    const written = isNew ? "input" : creates ? "saved" : "locked";
    const recordedAt = isNew ? "recorded_at" : "ordered_at";
    const ifClaimed = claims
      ? " where claim_key is null or id in (select aggregate_id from claimed)"
      : "";
    const parts = {
      "input as materialized": !isOne && many,
      "input as not materialized": isOne && one,
      "unhandled as materialized":
        open === "unhandled" &&
        `select * from input i
  where message_id is null or (select true from inbox m where m.message_id = i.message_id) is null`,
      "claimed as":
        creates &&
        claims &&
        `insert into idempotency_keys (scope, key, request_hash, aggregate_id, created_at)
  select claim_scope, claim_key, claim_hash, id, recorded_at
  from ${open} where claim_key is not null order by claim_scope, claim_key${isNew ? "" : " on conflict do nothing returning aggregate_id"}`,
      "created as":
        creates &&
        `${insert} from ${open}${isNew ? "" : `${ifClaimed} on conflict (id) do nothing returning id`}`,
      "saved as materialized":
        written === "saved" &&
        `select *, recorded_at as ordered_at from ${open} where id in (select id from created)`,
      "locked as materialized":
        !creates &&
        `select i.*, greatest(i.recorded_at, (select h.recorded_at from history h
    where h.aggregate_id = i.id and h.version = i.follows)) as ordered_at
  from ${open} i cross join lateral (
    select from "${table.name}" a where a.id = i.id and a.version = i.follows${isUnmoved} limit 1 for update) a`,
      "changed as":
        !creates &&
        `${insert} from locked
  on conflict (id) do update set version = excluded.version, ${sets.join(", ")}`,
      "happened as":
        events &&
        `insert into events (aggregate_id, version, event_id, slot, topic, payload, trace, created_at)
  select id, version, event_id, event_slot, event_topic, event_payload, event_trace, event_at
  from ${written} where event_id is not null`,
      // `recordedAt` is never before the previous version's, even with clock skew between replicas: the relay's order
      "waiting as":
        events &&
        `insert into waiting_events (slot, recorded_at, aggregate_id, version)
  select event_slot, ${recordedAt}, id, version from ${written} where event_id is not null`,
      "messages as":
        messages &&
        `insert into inbox (message_id, topic)
  select message_id, message_topic from ${written} where message_id is not null`,
      "changes as": `insert into history (aggregate_id, version, change_id, status, cause, detail, actor, reason, recorded_at)
  select id, version, change_id, history_status, history_cause, history_detail, history_actor, history_reason, ${recordedAt}
  from ${written}`,
      "journalled as": journals && table.journal && journalled(written, table.journal),
    };
    const needed = Object.entries(parts).flatMap(([name, part]) =>
      part ? `${name} (${part})` : [],
    );
    const handled =
      "select n, 'handled' as result from input where n not in (select n from unhandled)";
    const results = isNew
      ? "select from input where false"
      : `select n, 'saved' as result from ${written}${messages ? ` union all ${handled}` : ""}`;
    return `with ${needed.join(",\n")}\n${results}`;
  }

  const texts = new Map<string, string>();
  /**
   * The statement for saves that all create or all change aggregates, and its parameters. It writes each save that is not
   * stale, and returns `n` with "saved" or "handled", and no row for a stale save. With `isNew` it only inserts, all or
   * nothing: it fails with 23505 when any row exists already, and returns no rows.
   * Throws RangeError if a save has more than one event, or one larger than `eventBytesMax`.
   */
  return (saves: readonly TracedSave[], isNew: boolean): readonly [string, unknown[]] => {
    const shape = shapeOf(saves, isNew);
    const key = JSON.stringify(shape);
    const text = texts.get(key) ?? textOf(shape);
    texts.set(key, text);
    const parameters = columns.map(([, type, of]) => {
      const values = saves.map((save, position) => valueText(of(save, position), type));
      if (shape.isOne) return values[0];
      // `unnest` pads shorter arrays with nulls
      return values.every((value) => value === null) ? "{}" : arrayLiteral(values);
    });
    return [text, parameters];
  };
}

function journalled(saves: string, { name, fields }: Journal): string {
  const typed = Object.entries(fields).map(([field, [, type]]) => `"${field}" ${type}`);
  const columns = Object.values(fields).map(([column]) => column);
  return `insert into ${name} (version, position, ${columns.join(", ")})
  select s.version, j.position, ${columns.map((column) => `j.${column}`).join(", ")}
  from ${saves} s cross join lateral rows from (jsonb_to_recordset(s.journal) as (${typed.join(", ")}))
    with ordinality as j(${columns.join(", ")}, position)`;
}

/** Throws for an event that Kafka would always reject: it must not be written. */
function payloadOf([event, ...others]: readonly DomainEvent[]): string | undefined {
  if (others.length > 0) throw new RangeError("A change has at most one event");
  const payload = event && JSON.stringify(event);
  const bytes = Buffer.byteLength(payload ?? "");
  if (bytes > eventBytesMax)
    throw new RangeError(
      `${event?.eventType} ${event?.eventId} has ${bytes} bytes, and the limit is ${eventBytesMax}: limit the size of its fields`,
    );
  return payload;
}

function valueText(value: unknown, type: string): string | null {
  if ((value ?? null) === null) return null;
  if (type.startsWith("json")) return JSON.stringify(value);
  return Array.isArray(value) ? arrayLiteral(value) : String(value);
}
