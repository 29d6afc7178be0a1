import { join } from "node:path";
import { listToss } from "./audit.ts";
import type { Violation } from "./violation.ts";
import type { StormStack } from "./storm_stack.ts";
import { readTopics } from "./topics.ts";

const ordersMax = 50;

/** Writes evidence.json for the investigation: rows, history, outbox and messages of the affected orders, and Toss's rows. */
export async function keepEvidence(
  stack: StormStack,
  violations: readonly Violation[],
): Promise<void> {
  const named = new Set(violations.flatMap(({ orderIds }) => orderIds));
  const ids = [...named].slice(0, ordersMax);
  const toss = await listToss(stack.sandboxUrl);
  const messages = await readTopics(stack.kafka.brokers);
  const { order, payment } = stack.pools;
  const evidence = {
    violations,
    toss: toss.filter((row) => named.has(row.orderId)),
    orders: await order`select * from orders where id = any(${ids})`,
    payments: await payment`select * from payments where id = any(${ids})`,
    orderHistory: await order`
      select * from history where aggregate_id = any(${ids}) order by aggregate_id, version`,
    paymentHistory: await payment`
      select * from history where aggregate_id = any(${ids}) order by aggregate_id, version`,
    orderOutbox: await order`
      select * from outbox where aggregate_id = any(${ids}) order by aggregate_id, version`,
    paymentOutbox: await payment`
      select * from outbox where aggregate_id = any(${ids}) order by aggregate_id, version`,
    messages: messages.filter(({ key }) => named.has(key)),
    deadLetters: [
      ...(await order`select * from dead_letters`),
      ...(await payment`select * from dead_letters`),
    ],
  };
  const text = JSON.stringify(evidence, null, 1);
  await Bun.write(join(stack.folder, "evidence.json"), text);
}
