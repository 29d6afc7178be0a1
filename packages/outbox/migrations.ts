import { migrationsIn, type Migration } from "@payflow/database";

/** The migrations of the tables that every service has (outbox, inbox, history, …), then those of each folder. */
export async function readMigrations(...folders: string[]): Promise<Migration[]> {
  const all = [`${import.meta.dir}/migrations`, ...folders];
  return (await Promise.all(all.map(migrationsIn))).flat();
}
