import { messageMigrations, readMigrations, type Migration } from "@payflow/outbox";

export async function orderMigrations(): Promise<Migration[]> {
  return [
    ...(await messageMigrations()),
    ...(await readMigrations(`${import.meta.dir}/migrations`)),
  ];
}
