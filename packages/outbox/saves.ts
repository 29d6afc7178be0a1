import { sql, type Kysely, type RawBuilder } from "kysely";
import { runCompiled } from "./database.ts";
import {
  errorCode,
  isConnectionLoss,
  isDatabaseFault,
  isRefusedBySession,
  isTransient,
} from "./database_faults.ts";
import { UnavailableError } from "./errors.ts";
import { createGather } from "./gather.ts";
import { eventBytesMax, slotOf } from "./outbox.ts";
import { backoffMs, pause } from "./pause.ts";

/** One decision, ready to be written: an aggregate's next version and all that must be written with it. */
export type Save = {
  readonly id: string;
  /** The version that this save writes. */
  readonly version: number;
  /** The version that it is written on, when it is not the one before; 0 creates the aggregate. */
  readonly follows?: number | undefined;
  /** Made once per decision: it tells a decision that was written from one that was not, whatever became of the answer. */
  readonly changeId: string;
  /** Column values, by the names of `AggregateTable.columns`. */
  readonly row: Readonly<Record<string, unknown>>;
  readonly status: string;
  /** What led to the change, for the history: a use case's name. */
  readonly cause: string;
  readonly detail?: unknown;
  readonly recordedAt: string;
  readonly events: readonly OutgoingEvent[];
  /** The consumed message that this change answers; it takes effect once. */
  readonly message?: { readonly id: string; readonly topic: string } | undefined;
  /** An idempotency key that must be free for the aggregate to be created. */
  readonly claim?:
    | {
        readonly scope: string;
        readonly key: string;
        readonly requestHash: string;
      }
    | undefined;
};

export type OutgoingEvent = {
  readonly eventId: string;
  readonly eventType: string;
  readonly occurredOn: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: unknown;
};

/** saved: written. stale: another version came first, decide again. handled: the message took effect before. */
export type SaveResult = "saved" | "stale" | "handled";

/** The aggregate's own table: `id text` and `version integer` are there already, `columns` maps the rest to their types. */
export type AggregateTable = {
  readonly name: string;
  readonly columns: Readonly<Record<string, string>>;
  /** A column that, besides the version, must hold what it held when the change was decided. */
  readonly unmoved?: string;
};

type Outcome = { ordinal: number; saved: boolean; handled: boolean };

/** Tries after a lost connection before the caller is told that the database is away. */
const attemptsMax = 6;
/** Others wait behind a statement: one that lasted so long, as when answers fail to come at all, is not tried again. */
const tryForMs = 2_000;

/**
 * Returns `save`. Saves that arrive together go out as ONE statement, which writes each aggregate by
 * compare-and-set on its version and, only for those that it wrote, the outbox, inbox and history rows.
 * Throws UnavailableError `database_unavailable` when the database stays away; whether the change was written is then open,
 * and saving the same Save again tells: "saved" for whatever was written under its changeId, by whom and whenever. Throws RangeError for an event larger than `eventBytesMax`.
 */
export function createSaves(
  db: Kysely<never>,
  table: AggregateTable,
  options: { readonly gatherMax?: number; readonly onSaved?: () => void } = {},
): (save: Save) => Promise<SaveResult> {
  const statement = saveStatement(table).compile(db);

  async function write(saves: readonly Save[]): Promise<SaveResult[]> {
    const parameters = [
      JSON.stringify(saves.map(inputRow)),
      JSON.stringify(saves.flatMap(eventRows)),
    ];
    const outcomes = await runCompiled<Outcome>(db, { sql: statement.sql, parameters });
    const results = saves.map((): SaveResult => "stale");
    for (const outcome of outcomes) {
      results[outcome.ordinal] = outcome.saved ? "saved" : outcome.handled ? "handled" : "stale";
    }
    return results;
  }

  /** "stale" may mean "written by an earlier try whose answer got lost", also of a call that gave up: the history knows. */
  async function correct(saves: readonly Save[], results: SaveResult[]): Promise<SaveResult[]> {
    const doubtful = saves.filter((_, index) => results[index] !== "saved");
    if (doubtful.length === 0) return results;
    const written = await sql<{ change_id: string }>`
      select h.change_id from history h
      join jsonb_to_recordset(${JSON.stringify(doubtful.map((s) => ({ id: s.id, version: s.version })))}::text::jsonb)
        as d(id text, version integer) on h.aggregate_id = d.id and h.version = d.version`.execute(
      db,
    );
    const ids = new Set(written.rows.map((row) => row.change_id));
    return results.map((result, index) =>
      ids.has((saves[index] as Save).changeId) ? "saved" : result,
    );
  }

  async function run(saves: readonly Save[]): Promise<SaveResult[]> {
    const sorted = [...saves.entries()].sort(([, a], [, b]) =>
      a.id < b.id ? -1 : a.id > b.id ? 1 : 0,
    );
    const inOrder = sorted.map(([, save]) => save);
    const startedAtMs = performance.now();
    for (let attempt = 1; ; attempt++) {
      try {
        const results = await correct(inOrder, await write(inOrder));
        const original: SaveResult[] = [];
        sorted.forEach(([position], index) => (original[position] = results[index] as SaveResult));
        if (results.includes("saved")) options.onSaved?.();
        return original;
      } catch (error) {
        const lost = isConnectionLoss(error) || errorCode(error) === "57014";
        const again =
          lost || isTransient(error) || isRefusedBySession(error) || isInboxClash(error);
        if (!again) throw error;
        const lastedMs = performance.now() - startedAtMs;
        if (attempt >= attemptsMax || lastedMs > tryForMs)
          throw lost ? new UnavailableError("database_unavailable", { cause: error }) : error;
        await pause(backoffMs(attempt, { firstMs: 10, maxMs: 1_000 }));
      }
    }
  }

  return createGather<Save, SaveResult>({
    run,
    keyOf: (save) => save.id,
    isCommonFault: (error) => error instanceof UnavailableError || isDatabaseFault(error),
    ...(options.gatherMax === undefined ? {} : { max: options.gatherMax }),
  });
}

/** Two consumers took one message at once: the loser's statement rolled back whole, and finds it handled when repeated. */
function isInboxClash(error: unknown): boolean {
  return (
    errorCode(error) === "23505" &&
    (error as { constraint_name?: string }).constraint_name === "inbox_pkey"
  );
}

function inputRow(save: Save, ordinal: number): Record<string, unknown> {
  return {
    ...save.row,
    ordinal,
    id: save.id,
    version: save.version,
    follows: save.follows ?? save.version - 1,
    change_id: save.changeId,
    history_status: save.status,
    history_cause: save.cause,
    history_detail: save.detail ?? null,
    recorded_at: save.recordedAt,
    message_id: save.message?.id ?? null,
    message_topic: save.message?.topic ?? null,
    claim_scope: save.claim?.scope ?? null,
    claim_key: save.claim?.key ?? null,
    claim_hash: save.claim?.requestHash ?? null,
  };
}

function eventRows(save: Save): Record<string, unknown>[] {
  return save.events.map((event, ordinal) => ({
    ordinal,
    event_id: event.eventId,
    aggregate_id: save.id,
    version: save.version,
    topic: event.eventType,
    slot: slotOf(save.id),
    ...texts(event),
    created_at: event.occurredOn,
  }));
}

/** What could never be told must not be written: Kafka would refuse the event for ever. */
function texts(event: OutgoingEvent): { payload: string; headers: string } {
  const payload = JSON.stringify(event.payload);
  const headers = JSON.stringify(event.headers);
  const bytes = Buffer.byteLength(payload) + Buffer.byteLength(headers);
  if (bytes > eventBytesMax)
    throw new RangeError(
      `${event.eventType} ${event.eventId} has ${bytes} bytes, and Kafka is promised no event above ${eventBytesMax}: bound what goes into it`,
    );
  return { payload, headers };
}

function saveStatement(table: AggregateTable): RawBuilder<Outcome> {
  const names = Object.keys(table.columns);
  const aggregate = sql.table(table.name);
  const columns = sql.join(names.map((name) => sql.ref(name)));
  const inputColumns = sql.join(names.map((name) => sql.ref(`i.${name}`)));
  const definitions = sql.join(
    names.map((name) => sql`${sql.ref(name)} ${sql.raw(table.columns[name] as string)}`),
  );
  const assignments = sql.join(
    names.map((name) => sql`${sql.ref(name)} = ${sql.ref(`i.${name}`)}`),
  );
  const isUnmoved =
    table.unmoved === undefined
      ? sql``
      : sql` and a.${sql.ref(table.unmoved)} = i.${sql.ref(table.unmoved)}`;
  return sql<Outcome>`
with input as materialized (
  select * from jsonb_to_recordset(${""}::text::jsonb) as t(
    ordinal integer, id text, version integer, follows integer, change_id uuid, history_status text, history_cause text,
    history_detail jsonb, recorded_at timestamptz, message_id uuid, message_topic text,
    claim_scope text, claim_key text, claim_hash text, ${definitions})
), unhandled as materialized (
  select * from input i
  where i.message_id is null or not exists (select 1 from inbox where inbox.message_id = i.message_id)
), claimed as (
  insert into idempotency_keys (scope, key, request_hash, aggregate_id, created_at)
  select claim_scope, claim_key, claim_hash, id, recorded_at from unhandled
  where follows = 0 and claim_key is not null order by claim_scope, claim_key
  on conflict do nothing returning aggregate_id
), created as (
  insert into ${aggregate} (id, version, ${columns})
  select i.id, i.version, ${inputColumns} from unhandled i
  where i.follows = 0 and (i.claim_key is null or exists (select 1 from claimed c where c.aggregate_id = i.id))
  order by i.id on conflict do nothing returning id, version
), locked as materialized (
  select a.id from ${aggregate} a join unhandled i on i.id = a.id and a.version = i.follows${isUnmoved}
  order by a.id for update of a
), changed as (
  update ${aggregate} a set version = i.version, ${assignments}
  from unhandled i join locked l on l.id = i.id
  where a.id = i.id and a.version = i.follows${isUnmoved}
  returning a.id, a.version
), saved as (
  select id, version from created union all select id, version from changed
), told as (
  insert into outbox (event_id, aggregate_id, version, topic, slot, payload, headers, created_at)
  select e.event_id, e.aggregate_id, e.version, e.topic, e.slot, e.payload::json, e.headers::json, e.created_at
  from jsonb_to_recordset(${""}::text::jsonb) as e(
    ordinal integer, event_id uuid, aggregate_id text, version integer, topic text, slot smallint,
    payload text, headers text, created_at timestamptz)
  join saved s on s.id = e.aggregate_id and s.version = e.version
  order by e.aggregate_id, e.ordinal
), taken as (
  insert into inbox (message_id, topic)
  select i.message_id, i.message_topic from input i join saved s on s.id = i.id and s.version = i.version
  where i.message_id is not null
), recorded as (
  insert into history (aggregate_id, version, change_id, status, cause, detail, recorded_at)
  select i.id, i.version, i.change_id, i.history_status, i.history_cause, i.history_detail, i.recorded_at
  from input i join saved s on s.id = i.id and s.version = i.version
)
select i.ordinal, s.id is not null as saved,
  not exists (select 1 from unhandled u where u.ordinal = i.ordinal) as handled
from input i left join saved s on s.id = i.id and s.version = i.version`;
}
