import { messageMigrations, readMigrations, type Migration } from "@payflow/outbox";

export async function paymentMigrations(): Promise<Migration[]> {
  return [
    ...(await messageMigrations()),
    ...(await readMigrations(`${import.meta.dir}/migrations`)),
  ];
}
