// Orders placed a second, over HTTP's shapes but without its wire: gathered saves beside one statement an order and
// beside the textbook's BEGIN … COMMIT, in turns on one PostgreSQL, so that the ratios hold on a noisy machine.
import { createOrderService, orderMigrations, readOrderConfig } from "@payflow/order";
import { migrate } from "@payflow/outbox";
import { silentLog, type Service } from "@payflow/shared/http";
import { testDatabase } from "@payflow/local-stack/testing";
import postgres from "postgres";

const rounds = 3;
const roundMs = 3_000;
const together = 64;

const body = JSON.stringify({
  items: [{ productId: "dev-tool", quantity: 1 }],
  customerName: "김토스",
  customerEmail: "kim@example.com",
});

type Rival = {
  readonly name: string;
  place(): Promise<void>;
  stop(): Promise<void>;
};

async function payflow(name: string, gatherMax: number): Promise<Rival> {
  const database = await testDatabase(
    async (url) => migrate(url, await orderMigrations()),
    "order",
  );
  const secret = "a-secret-of-the-bench";
  const config = readOrderConfig({
    DATABASE_URL: database.url,
    KAFKA_BROKERS: "127.0.0.1:9",
    TOSS_CLIENT_KEY: "test_ck_sandbox",
    INTERNAL_API_KEY: secret,
    MERCHANT_API_KEY: secret,
    SESSION_SECRET: secret,
    RATE_LIMIT_PER_MINUTE: "0",
    GATHER_MAX: String(gatherMax),
  });
  const service: Service = await createOrderService(config, { log: silentLog });
  return {
    name,
    async place() {
      const headers = { "Content-Type": "application/json" };
      const request = new Request("http://shop.bench/api/orders", {
        method: "POST",
        headers,
        body,
      });
      const response = await service.fetch(request, { requestIP: () => null } as never);
      if (response.status !== 201) throw new Error(await response.text());
    },
    async stop() {
      await service.stop();
      await database.drop();
    },
  };
}

/** What most write: a transaction of three statements on a pool. Only the writing, no HTTP, no prices, no checks. */
async function textbook(): Promise<Rival> {
  const database = await testDatabase(
    async (url) => migrate(url, await orderMigrations()),
    "order",
  );
  const sql = postgres(database.url, { max: 8, onnotice: () => {} });
  return {
    name: "BEGIN … COMMIT (writing alone)",
    async place() {
      const id = Bun.randomUUIDv7();
      const now = new Date().toISOString();
      await sql.begin(async (tx) => {
        await tx`insert into orders (id, version, status, order_name, amount_krw, currency, items, customer_name,
          customer_email, refunded_amount_krw, created_at, expires_at) values (${id}, 1, 'PENDING', 'x', 1000, 'KRW',
          ${tx.json([{ productId: "dev-tool", quantity: 1 }])}, '김토스', 'kim@example.com', 0, ${now}, ${now})`;
        await tx`insert into outbox (event_id, aggregate_id, version, topic, slot, payload, headers)
          values (${crypto.randomUUID()}, ${id}, 1, 'OrderCreated', 0, ${tx.json({ orderId: id })}, ${tx.json({})})`;
        await tx`insert into history (aggregate_id, version, change_id, status, cause, recorded_at)
          values (${id}, 1, ${crypto.randomUUID()}, 'PENDING', 'placeOrder', ${now})`;
      });
    },
    async stop() {
      await sql.end();
      await database.drop();
    },
  };
}

async function perSecond(rival: Rival): Promise<number> {
  const endMs = performance.now() + roundMs;
  let placed = 0;
  const run = async () => {
    while (performance.now() < endMs) {
      await rival.place();
      placed += 1;
    }
  };
  const begunMs = performance.now();
  await Promise.all(Array.from({ length: together }, run));
  return Math.round((placed * 1000) / (performance.now() - begunMs));
}

const rivals = [
  await payflow("gathered (GATHER_MAX=500)", 500),
  await payflow("one statement an order, one at a time", 1),
  await textbook(),
];
const results = new Map<string, number[]>(rivals.map(({ name }) => [name, []]));
for (let round = 0; round <= rounds; round++) {
  for (const rival of rivals) {
    const figure = await perSecond(rival);
    // the first round warms up
    if (round > 0) results.get(rival.name)?.push(figure);
  }
}
const median = (figures: number[]) =>
  figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? 0;
const base = median(results.get(rivals[2]?.name ?? "") ?? []);
console.log(
  `orders a second, ${together} at once, median of ${rounds} rounds of ${roundMs / 1000} s in turns, fsync on`,
);
for (const [name, figures] of results) {
  console.log(
    `${name.padEnd(42)} ${String(median(figures)).padStart(7)}   ${(median(figures) / base).toFixed(1)} ×   (${figures.join(", ")})`,
  );
}
for (const rival of rivals) await rival.stop();
process.exit(0);
