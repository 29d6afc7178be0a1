import { readMigrations } from "@payflow/outbox";

export const orderMigrations = () => readMigrations(`${import.meta.dir}/migrations`);
