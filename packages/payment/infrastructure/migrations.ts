import { readMigrations } from "@payflow/outbox";

export const paymentMigrations = () => readMigrations(`${import.meta.dir}/migrations`);
