import { sql, type Kysely } from "kysely";

/** How far a sweep has come, for all replicas together and beyond a restart. */
export function sweepProgress(db: Kysely<never>, name: string) {
  return {
    async read(): Promise<string | undefined> {
      const { rows } = await sql<{ done_until: string }>`
        select done_until from sweeps where name = ${name}`.execute(db);
      return rows[0]?.done_until;
    },
    /** Never goes back, whichever replica says so last. */
    async advance(doneUntil: string): Promise<void> {
      await sql`
        insert into sweeps (name, done_until) values (${name}, ${doneUntil}::text::timestamptz)
        on conflict (name) do update set done_until = greatest(sweeps.done_until, excluded.done_until)`.execute(
        db,
      );
    },
  };
}
