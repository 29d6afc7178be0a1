import { sql, type Kysely } from "kysely";

/** However many ask, the database is written to once in this time. */
const writeEveryMs = 1_000;

/**
 * Resolves when the database takes writes: one row changes, and about 200 kB go to a temporary file, since a row may still
 * find room in its page when the disk is full. Calls within a second share one answer.
 */
export function writeCheck(db: Kysely<never>): () => Promise<unknown> {
  let answer: Promise<unknown> | undefined;
  return () => {
    if (answer === undefined) {
      answer = sql`
        with small as materialized (select set_config('work_mem', '64kB', true) as memory),
        spilled as materialized (
          select count(*) as rows from small, generate_series(1, 5000 + 0 * length(small.memory)))
        insert into readiness (name, written_at)
        select 'probe', clock_timestamp() from spilled where rows > 0
        on conflict (name) do update set written_at = excluded.written_at`.execute(db);
      const forget = () => setTimeout(() => (answer = undefined), writeEveryMs).unref();
      answer.then(forget, forget);
    }
    return answer;
  };
}
