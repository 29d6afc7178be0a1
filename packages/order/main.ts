import { runService } from "@payflow/shared/http";
import { readOrderConfig } from "./config.ts";
import { orderMigrations } from "./infrastructure/migrations.ts";
import { createOrderService } from "./service.ts";

await runService("order", readOrderConfig, createOrderService, orderMigrations);
