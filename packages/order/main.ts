import { createLog, main, serve } from "@payflow/shared/http";
import { readOrderConfig } from "./config.ts";
import { createOrderService } from "./service.ts";

await main(async () => {
  const config = readOrderConfig(process.env);
  const log = createLog("order", config.logLevel);
  await serve({
    name: "order",
    log,
    port: config.port,
    hostname: config.hostname,
    drainMs: config.drainMs,
    create: () => createOrderService(config, { log }),
  });
});
