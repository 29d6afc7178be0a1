import { sql, type Kysely } from "kysely";

/** At most one write in this time, however many checks run. */
const writeEveryMs = 1_000;

/**
 * Resolves when the database accepts writes: it changes one row and writes about 200 kB to a temporary file, because on a
 * full disk a row may still fit into its page. Calls within `writeEveryMs` share one result.
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
