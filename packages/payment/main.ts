import { createLog, main, serve } from "@payflow/shared/http";
import { readPaymentConfig } from "./config.ts";
import { createPaymentService } from "./service.ts";

await main(async () => {
  const config = readPaymentConfig(process.env);
  const log = createLog("payment", config.logLevel);
  await serve({
    name: "payment",
    log,
    port: config.port,
    hostname: config.hostname,
    drainMs: config.drainMs,
    create: () => createPaymentService(config, { log }),
  });
});
