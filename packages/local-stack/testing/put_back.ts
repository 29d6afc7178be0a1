import postgres from "postgres";

/** Copies all rows of a database, like a backup. `putBack` restores them without later changes. */
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
            // like a restore, without triggers and foreign key checks
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

/** Without leases and migrations, which no restore may reset. Identity sequences also continue. */
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
