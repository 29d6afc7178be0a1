import { CompiledQuery, sql, type Kysely } from "kysely";
import {
  backoffMs,
  constraintOf,
  errorCode,
  isConnectionLoss,
  isRefusedBySession,
  isTransient,
  pause,
  UnavailableError,
} from "@payflow/database";
import { acting } from "./audit.ts";
import { createGather } from "./gather.ts";
import type { AggregateTable, Save, SaveResult } from "./save.ts";
import { followedVersion, saveStatements, type TracedSave } from "./save_statements.ts";
import { traceparent } from "./trace.ts";

/** Attempts of a statement that fails with temporary errors before `save` throws. */
const attemptsMax = 6;
/** No retry after this long, for example when responses time out: other saves wait behind the statement. */
const tryForMs = 2_000;

/**
 * Returns `save`. Concurrent saves are batched into ONE statement, which writes each aggregate by compare-and-set on its
 * version and, only for those that it wrote, the outbox, inbox and history rows. Throws RangeError for an event larger
 * than `eventBytesMax`, and UnavailableError `database_unavailable` when the database stays unavailable. Whether the change
 * was written is then unknown: saving the same Save again returns "saved" if a change with its changeId was written.
 */
export function createSaves<Row extends object>(
  db: Kysely<never>,
  ofRow: AggregateTable<Row>,
  options: {
    readonly gatherMax?: number;
    readonly onSaved?: () => void;
    /** Rejects new aggregates that would be written late (`overloaded`). */
    readonly refusesLate?: boolean;
  } = {},
) {
  const table = ofRow as AggregateTable;
  const statementOf = saveStatements(table);

  async function write(saves: readonly TracedSave[], isNew: boolean): Promise<SaveResult[]> {
    const statement = CompiledQuery.raw(...statementOf(saves, isNew));
    const results = saves.map((): SaveResult => "stale");
    type Outcome = { readonly n: number; readonly result: "saved" | "handled" };
    const { rows } = await db.executeQuery<Outcome>(statement);
    if (isNew) return saves.map(() => "saved");
    for (const { n, result } of rows) results[n] = result;
    return results;
  }

  /** A "stale" save may have been written by an earlier attempt or call whose response was lost: the history shows it. */
  async function correct(
    saves: readonly TracedSave[],
    results: SaveResult[],
  ): Promise<SaveResult[]> {
    const doubtful = saves.filter((_, index) => results[index] !== "saved");
    if (doubtful.length === 0) return results;
    const ids = doubtful.map(({ id }) => id);
    const versions = doubtful.map(({ version }) => version);
    const { rows } = await sql<{ change_id: string }>`
      select h.change_id from unnest(${ids}::text[]::uuid[], ${versions}::int[]) as d(id, version)
      cross join lateral (
        select change_id from history where aggregate_id = d.id and version = d.version limit 1) h`.execute(
      db,
    );
    const written = new Set(rows.map((row) => row.change_id));
    return results.map((result, index) =>
      written.has((saves[index] as TracedSave).changeId) ? "saved" : result,
    );
  }

  /** The saves whose value of `column` another aggregate has, or an earlier save of the same statement. */
  async function takenIn(saves: readonly TracedSave[], column: string): Promise<Set<TracedSave>> {
    const valueOf = (save: TracedSave) => save.row[column] as string | null;
    const { rows } = await sql<{ id: string }>`
      select i.id from unnest(${saves.map(({ id }) => id)}::text[]::uuid[], ${saves.map(valueOf)}::text[]) as i(id, value)
      where (select true from ${sql.table(table.name)} a
        where a.${sql.ref(column)} = i.value and a.id <> i.id limit 1)`.execute(db);
    const taken = new Set(rows.map((row) => row.id));
    const free = saves.filter(({ id }) => !taken.has(id)).toReversed();
    const firsts = new Map(free.map((save) => [valueOf(save), save]));
    const isTaken = (save: TracedSave) => firsts.get(valueOf(save)) !== save;
    return new Set(saves.filter((save) => valueOf(save) !== null && isTaken(save)));
  }

  async function run(saves: readonly TracedSave[]): Promise<SaveResult[]> {
    // rows are locked in the order of their ids, so that replicas never deadlock
    let left = saves.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const results = new Map<TracedSave, SaveResult>();
    const startedAtMs = performance.now();
    // only before the first attempt is it certain that nothing was written
    let isNew = saves.every((save) => followedVersion(save) === 0);
    let takenColumn: string | undefined;
    for (let attempt = 1; ; attempt++) {
      try {
        if (takenColumn !== undefined) {
          const taken = await takenIn(left, takenColumn);
          for (const save of taken) results.set(save, "stale");
          left = left.filter((save) => !taken.has(save));
          takenColumn = undefined;
        }
        const written = left.length === 0 ? [] : await correct(left, await write(left, isNew));
        left.forEach((save, index) => results.set(save, written[index] as SaveResult));
        if (written.includes("saved")) options.onSaved?.();
        return saves.map((save) => results.get(save) as SaveResult);
      } catch (error) {
        takenColumn = table.unique?.[constraintOf(error)];
        if (takenColumn !== undefined && attempt < attemptsMax) continue;
        const isTaken = isNew && errorCode(error) === "23505";
        isNew = false;
        if (isTaken) continue;
        const lost = isConnectionLoss(error) || errorCode(error) === "57014";
        // two consumers handled one message at once: this statement was rolled back, and its retry finds it handled
        const isClash = constraintOf(error) === "inbox_pkey";
        if (!lost && !isClash && !isTransient(error) && !isRefusedBySession(error)) throw error;
        const lastedMs = performance.now() - startedAtMs;
        if (attempt >= attemptsMax || lastedMs > tryForMs)
          throw lost ? new UnavailableError("database_unavailable", { cause: error }) : error;
        await pause(backoffMs(attempt, { firstMs: 10, maxMs: 1_000 }));
      }
    }
  }

  const gather = createGather<TracedSave, SaveResult>({
    run,
    keyOf: (save) => save.id,
    groupOf: (save) => (followedVersion(save) === 0 ? "new" : "changed"),
    // a change records what has happened and must be written; a new aggregate can be rejected
    isRefusable: (save) => options.refusesLate === true && followedVersion(save) === 0,
    max: options.gatherMax,
  });
  const save = async (made: Save<Row>): Promise<SaveResult> => {
    const by = made.actor === undefined ? acting() : { actor: made.actor };
    return await gather({ ...(made as Save), trace: traceparent(), by });
  };
  return Object.assign(save, { isLate: gather.isLate });
}

type Message = NonNullable<Save["message"]>;

/** Returns `markHandled`, which adds a message that changes nothing to the inbox. Concurrent calls are batched. */
export function createMarkHandled(db: Kysely<never>): (message: Message) => Promise<void> {
  return createGather<Message, void>({
    async run(messages) {
      const ids = messages.map(({ id }) => id);
      const topics = messages.map(({ topic }) => topic);
      // ordered by id, so that replicas never deadlock
      await sql`
        insert into inbox (message_id, topic)
        select id, topic from unnest(${ids}::text[]::uuid[], ${topics}::text[]) as m(id, topic) order by id
        on conflict do nothing`.execute(db);
      return messages.map(() => undefined);
    },
  });
}
