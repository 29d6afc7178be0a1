import { accessMigrations } from "@payflow/access";
import { readMigrations } from "@payflow/outbox";

export const orderMigrations = () =>
  readMigrations(accessMigrations, `${import.meta.dir}/migrations`);
