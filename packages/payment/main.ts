import { runService } from "@payflow/shared/http";
import { readPaymentConfig } from "./config.ts";
import { paymentMigrations } from "./infrastructure/migrations.ts";
import { createPaymentService } from "./service.ts";

await runService("payment", readPaymentConfig, createPaymentService, paymentMigrations);
