import { runService } from "@payflow/shared/http";
import { readOrderConfig } from "./config.ts";
import { createOrderService } from "./service.ts";

await runService("order", readOrderConfig, createOrderService);
