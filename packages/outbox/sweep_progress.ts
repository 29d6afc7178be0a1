import { sql, type Kysely } from "kysely";

/** The progress of a sweep, shared by all replicas and kept across restarts. */
export function sweepProgress(db: Kysely<never>, name: string) {
  return {
    async read(): Promise<string | undefined> {
      const { rows } = await sql<{ done_until: string }>`
        select least(done_until, now()) as done_until from sweeps where name = ${name}`.execute(db);
      return rows[0]?.done_until;
    },
    async goBack(doneUntil: string): Promise<void> {
      await sql`
        update sweeps set done_until = ${doneUntil}::text::timestamptz
        where name = ${name} and done_until > ${doneUntil}::text::timestamptz`.execute(db);
    },
    /** Never moves back, nor beyond the database's time: after a future time the sweep would skip all rows until then. */
    async advance(doneUntil: string): Promise<void> {
      await sql`
        insert into sweeps (name, done_until) values (${name}, least(now(), ${doneUntil}::text::timestamptz))
        on conflict (name) do update
        set done_until = least(now(), greatest(sweeps.done_until, excluded.done_until))
      `.execute(db);
    },
  };
}
