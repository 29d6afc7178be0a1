import { ledgerMigrations } from "@payflow/ledger";
import { readMigrations } from "@payflow/outbox";

export const paymentMigrations = () =>
  readMigrations(ledgerMigrations, `${import.meta.dir}/migrations`);
