// A service as its own main starts it, but killed, as by the kernel, where CRASH_AT says:
//   CRASH_AT=confirm:answered bun crash_main.ts order|payment
import { createLog, main, serve } from "@payflow/shared/http";

const crashAt = process.env["CRASH_AT"];

async function faultPoint(point: string): Promise<void> {
  if (point !== crashAt) return;
  process.kill(process.pid, "SIGKILL");
  // nothing after the point is done, even if the signal takes a moment
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
