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
import { acting } from "./acting.ts";
import { createGather } from "./gather.ts";
import type { AggregateTable, Save, SaveResult } from "./save.ts";
import { followedVersion, saveStatements, type TracedSave } from "./save_statements.ts";
import { traceparent } from "./trace.ts";

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
export function createSaves<Row extends object>(
  db: Kysely<never>,
  table: AggregateTable<Row>,
  options: {
    readonly gatherMax?: number;
    readonly onSaved?: () => void;
    /** New aggregates are refused where they would be written late. */
    readonly refusesLate?: boolean;
  } = {},
) {
  const statements = saveStatements(table);

  async function write(saves: readonly TracedSave[], isNew: boolean): Promise<SaveResult[]> {
    const parameters = statements.parametersOf(saves);
    if (isNew) {
      await db.executeQuery(CompiledQuery.raw(statements.create, parameters));
      return saves.map(() => "saved");
    }
    const results = saves.map((): SaveResult => "stale");
    type Outcome = { readonly n: number; readonly result: "saved" | "handled" };
    const { rows } = await db.executeQuery<Outcome>(
      CompiledQuery.raw(statements.write, parameters),
    );
    for (const { n, result } of rows) results[n] = result;
    return results;
  }

  /** "stale" may mean "written by an earlier try whose answer got lost", also of a call that gave up: the history knows. */
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

  async function run(saves: readonly TracedSave[]): Promise<SaveResult[]> {
    // rows are locked in the order of their ids, so that replicas never wait for each other in a circle
    const sorted = [...saves.entries()].sort((a, b) => (a[1].id < b[1].id ? -1 : 1));
    const inOrder = sorted.map(([, save]) => save);
    const startedAtMs = performance.now();
    // only a first try knows that nothing of it can have been written
    let isNew = saves.every((save) => followedVersion(save) === 0);
    for (let attempt = 1; ; attempt++) {
      try {
        const results = await correct(inOrder, await write(inOrder, isNew));
        const original: SaveResult[] = [];
        sorted.forEach(([position], index) => (original[position] = results[index] as SaveResult));
        if (results.includes("saved")) options.onSaved?.();
        return original;
      } catch (error) {
        const isTaken = isNew && errorCode(error) === "23505";
        isNew = false;
        if (isTaken) continue;
        const lost = isConnectionLoss(error) || errorCode(error) === "57014";
        // two consumers took one message at once: the loser's statement rolled back whole, and finds it handled now
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
    // what has happened must be written down; what only begins need not
    isRefusable: (save) => options.refusesLate === true && followedVersion(save) === 0,
    max: options.gatherMax,
  });
  const save = async (made: Save<Row>): Promise<SaveResult> => {
    const by = made.actor === undefined ? acting() : { actor: made.actor };
    try {
      return await gather({ ...made, trace: traceparent(), by });
    } catch (error) {
      // thrown for the one save alone: gathering has halved the statement until no other was in it
      if (table.unique?.includes(constraintOf(error))) return "stale";
      throw error;
    }
  };
  return Object.assign(save, { isLate: gather.isLate });
}
