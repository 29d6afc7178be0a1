import { accessMigrations } from "@payflow/access";
import { notificationMigrations } from "@payflow/notifications";
import { readMigrations } from "@payflow/outbox";

export const orderMigrations = () =>
  readMigrations(accessMigrations, notificationMigrations, `${import.meta.dir}/migrations`);
