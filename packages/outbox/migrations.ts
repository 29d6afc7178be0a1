import { migrationsIn, type Migration } from "@payflow/database";

/** The tables that every service has (outbox, inbox, history, …), then the `0001_name.sql` files of each folder. */
export async function readMigrations(...folders: string[]): Promise<Migration[]> {
  const all = [`${import.meta.dir}/migrations`, ...folders];
  return (await Promise.all(all.map(migrationsIn))).flat();
}
