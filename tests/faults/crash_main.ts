// Starts a service as its own main does, and kills it with SIGKILL at the fault point CRASH_AT:
//   CRASH_AT=confirm:answered bun crash_main.ts order|payment
import { createLog, main, serve } from "@payflow/shared/http";

const crashAt = process.env["CRASH_AT"];

async function faultPoint(point: string): Promise<void> {
  if (point !== crashAt) return;
  process.kill(process.pid, "SIGKILL");
  // the signal may arrive late; nothing after the point may run
  await new Promise(() => {});
}

async function serveOrder(): Promise<void> {
  // loaded here, so that neither service takes the time to load the other
  const { createOrderService, readOrderConfig } = await import("@payflow/order");
  const config = readOrderConfig(process.env);
  const { port, hostname, logLevel } = config;
  const log = createLog("order", logLevel);
  const create = () => createOrderService(config, { log, faultPoint });
  await serve({ name: "order", log, port, hostname, drainMs: 0, create });
}

async function servePayment(): Promise<void> {
  const { createPaymentService, readPaymentConfig } = await import("@payflow/payment");
  const config = readPaymentConfig(process.env);
  const { port, hostname, logLevel } = config;
  const log = createLog("payment", logLevel);
  const create = () => createPaymentService(config, { log, faultPoint });
  await serve({ name: "payment", log, port, hostname, drainMs: 0, create });
}

await main(process.argv[2] === "order" ? serveOrder : servePayment, []);
