import type { Bench } from "../figure.ts";
import { runTask } from "../load/child_task.ts";
import type { HttpLoad, HttpOutcome } from "../load/http_load.ts";
import { cart } from "../load/shopper.ts";

/** Creates an order database with the unpublished events of `orders` orders, without Kafka. */
export async function orderBacklog(bench: Bench, name: string, orders: number): Promise<string> {
  const shop = await bench.startShop({ name, kafka: false });
  const outcome = await runTask<HttpLoad, HttpOutcome>("load/http_task.ts", {
    ports: shop.orderPorts,
    host: shop.host,
    path: "/api/orders",
    body: cart,
    connections: 64,
    forMs: 20 * 60_000,
    total: orders,
  });
  await shop.stop();
  if (outcome.statuses["201"] !== orders)
    throw new Error(`Not every order was taken: ${JSON.stringify(outcome.statuses)}`);
  return shop.databases.order;
}
