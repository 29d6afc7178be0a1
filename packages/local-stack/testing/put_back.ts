import postgres from "postgres";

/** Takes a copy of all rows of a database, as a backup would, and puts it back, as losing what came after does. */
export async function backUp(url: string): Promise<{
  putBack(): Promise<void>;
}> {
  return await withDatabase(url, async (sql) => {
    const tables = await tablesOf(sql);
    const schema = `backup_${crypto.randomUUID().replaceAll("-", "")}`;
    await sql.begin(async (tx) => {
      await tx`set transaction isolation level repeatable read`;
      await tx`create schema ${tx(schema)}`;
      for (const table of tables)
        await tx`create table ${tx(schema)}.${tx(table)} as table public.${tx(table)}`;
    });
    return {
      putBack: () =>
        withDatabase(url, async (again) => {
          await again.begin(async (tx) => {
            // as a restore does it: no trigger and no foreign key has a say
            await tx`set local session_replication_role = replica`;
            for (const table of tables) {
              await tx`delete from public.${tx(table)}`;
              await tx`insert into public.${tx(table)} overriding system value
                select * from ${tx(schema)}.${tx(table)}`;
            }
          });
        }),
    };
  });
}

/** Leases and identities go on as they are: they are of processes, not of what happened. */
async function tablesOf(sql: postgres.Sql): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select relname as name from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace and relname not in ('leases', 'migrations')`;
  return rows.map(({ name }) => name);
}

async function withDatabase<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, connect_timeout: 10, onnotice() {} });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
