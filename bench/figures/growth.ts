import postgres from "postgres";
import type { Bench, Figure, FigureResult } from "../figure.ts";
import { copyRows } from "../lab/copied_rows.ts";
import { startMeter, untilRest, usageEach, type Usage } from "../lab/meter.ts";
import { cpuMicrosOf } from "../lab/process_times.ts";
import { merchantKey, type Shop } from "../lab/shop.ts";
import { messagesIn } from "../lab/topics.ts";
import { runTask } from "../load/child_task.ts";
import type { HttpLoad, HttpOutcome } from "../load/http_load.ts";
import {
  authenticate,
  cart,
  confirm,
  customerEmail,
  dropWebhooks,
  place,
} from "../load/shopper.ts";
import { cell, median, micros, ms, percent, perSecond } from "../report/cells.ts";
import { checkoutsOn } from "./checkouts.ts";

type Load = { readonly perSecond: number; readonly usage: Usage };
const sizes = ["small", "large", "held"] as const;
type Size = (typeof sizes)[number];

const labels: Record<Size, string> = {
  small: "new tables",
  large: "large tables",
  held: "large tables, an old snapshot held open",
};
const reads = [
  { name: "metrics", path: "/metrics" },
  { name: "list of orders", path: "/api/orders?limit=50" },
];

export const growth: Figure = {
  name: "growth",
  title: "With large tables",
  summary:
    "orders, checkouts, metrics and lists with 5 million orders (--rows), compared with new tables",
  estimateMs: ({ grownRows, rounds, warmMs, loadMs }) =>
    30_000 + 4 * warmMs + grownRows / 12 + rounds * 5 * (loadMs + 1_500),
  run,
};

async function run(bench: Bench): Promise<FigureResult> {
  const { scale } = bench;
  const large = await grownShop(bench, scale.grownRows);
  const small = await bench.startShop({ name: "growth_small", payment: 1, sandbox: true });
  const orders = samplesOf<Load>();
  const checkouts = samplesOf<Load>();
  const calls = samplesOf<Readonly<Record<string, number>>>();
  const idle = samplesOf<number>();
  bench.step("growth: warming up");
  for (const shop of [small, large.shop]) {
    await ordersOn(bench, shop, scale.warmMs);
    await checkoutsOn(bench, shop, scale.warmMs);
  }
  for (let round = 1; round <= scale.rounds; round++) {
    for (const size of sizes) {
      bench.step(`growth: ${labels[size]}, round ${round} of ${scale.rounds}`);
      const shop = size === "small" ? small : large.shop;
      const release = size === "held" ? await holdSnapshots(bench, shop) : undefined;
      orders[size].push(await ordersOn(bench, shop, scale.loadMs));
      checkouts[size].push(await checkoutsOn(bench, shop, scale.loadMs));
      calls[size].push(await readsOn(shop));
      idle[size].push(await idleOn(bench, shop, scale.loadMs));
      await release?.();
    }
  }
  await Promise.all([small.stop(), large.shop.stop()]);
  const rate = (loads: readonly Load[]) => median(loads.map((each) => each.perSecond));
  const beside = (all: Record<Size, readonly Load[]>, size: Size) =>
    median(all[size].map((each, round) => each.perSecond / (all.small[round]?.perSecond ?? NaN)));
  const cost = (loads: readonly Load[], pick: (usage: Usage) => number | undefined) =>
    median(loads.map(({ usage }) => pick(usage) ?? NaN));
  const read = (size: Size, name: string) => median(calls[size].map((each) => each[name] ?? NaN));
  const keeps = (text: string, reached: number) => ({ text, unit: "×", atLeast: 0.9, reached });
  return {
    targets: [
      keeps("orders a second, large compared with new tables", beside(orders, "large")),
      keeps("checkouts a second, large compared with new tables", beside(checkouts, "large")),
      keeps("orders a second, an old snapshot held open", beside(orders, "held")),
    ],
    tables: [
      {
        caption: `Compared with new tables, with ${perSecond(scale.grownRows)} orders, payments and published events`,
        head: ["", "orders", "checkouts", "orders a second", "checkouts a second"],
        rows: sizes.map((size) => [
          labels[size],
          percent(beside(orders, size)),
          percent(beside(checkouts, size)),
          perSecond(rate(orders[size])),
          perSecond(rate(checkouts[size])),
        ]),
      },
      {
        caption: "Cost of an order and of a checkout",
        head: [
          "",
          "PostgreSQL an order",
          "WAL bytes an order",
          "full pages an order",
          "PostgreSQL a checkout",
          "WAL bytes a checkout",
        ],
        rows: sizes.map((size) => [
          labels[size],
          micros(cost(orders[size], (usage) => usage.micros.postgres)),
          cell(cost(orders[size], (usage) => usage.walBytes)),
          cell(cost(orders[size], (usage) => usage.fullPages)),
          micros(cost(checkouts[size], (usage) => usage.micros.postgres)),
          cell(cost(checkouts[size], (usage) => usage.walBytes)),
        ]),
      },
      {
        caption:
          "Reads, and PostgreSQL's CPU time for idle services (sweeps, empty reads of the relay)",
        head: ["", ...reads.map(({ name }) => `${name}, p50`), "PostgreSQL when idle"],
        rows: sizes.map((size) => [
          labels[size],
          ...reads.map(({ name }) => ms(read(size, name))),
          `${cell(median(idle[size]) / 1000)} ms a second`,
        ]),
      },
    ],
    charts: [
      {
        kind: "bars",
        name: "growth",
        title: `With ${perSecond(scale.grownRows)} orders, compared with new tables`,
        unit: "% of new tables",
        groups: sizes.slice(1).map((size) => ({
          label: size === "held" ? "old snapshot held" : labels[size],
          bars: [
            { series: "orders", value: beside(orders, size) * 100 },
            { series: "checkouts", value: beside(checkouts, size) * 100 },
          ],
        })),
      },
    ],
    notes: [
      `The large tables hold copies of one real checkout, each with its own ids, keys and times (rows by table: ${Object.entries(
        large.rows,
      )
        .map(([table, count]) => `${table} ${perSecond(count)}`)
        .join(
          ", ",
        )}). Rounds with new and with large tables alternate on the same servers. After each checkpoint PostgreSQL logs the whole page at a page's first change (full pages); a table with more pages needs more time until all are logged.`,
    ],
    samples: { orders, checkouts, calls, idle },
  };
}

function samplesOf<T>(): Record<Size, T[]> {
  return { small: [], large: [], held: [] };
}

/** Runs one real checkout until its events are published, then copies its rows many times. */
export async function grownShop(
  bench: Pick<Bench, "servers" | "step" | "startShop">,
  copies: number,
) {
  const { servers } = bench;
  const options = { name: "growth_large", payment: 1, sandbox: true };
  bench.step("growth: one checkout to copy");
  const first = await bench.startShop(options);
  const places = { orderUrl: first.url, sandboxUrl: first.sandboxUrl };
  // a pending webhook would be copied as pending
  await dropWebhooks(places);
  const body = await authenticate(places, await place(places));
  await confirm(places, body);
  const topics = ["OrderCreated", "OrderConfirmed"].map((topic) => first.topicPrefix + topic);
  const giveUpMs = performance.now() + 60_000;
  for (const topic of topics) {
    while ((await messagesIn(servers.admin, topic)) === 0) {
      if (performance.now() > giveUpMs) throw new Error(`No event came on ${topic}`);
      await Bun.sleep(50);
    }
  }
  // rows are marked as published a moment after the send
  await Bun.sleep(2_000);
  await first.stop();
  const ids = { orderId: body.orderId, paymentKey: body.paymentKey, email: customerEmail };
  const newestMs = Date.now() - 24 * 60 * 60_000;
  const shares = { order: 0, payment: 0 };
  const rows = await Promise.all(
    (["order", "payment"] as const).map(async (part) => {
      const counts = await copyRows({
        url: servers.urlOf(first.databases[part]),
        ids,
        copies,
        newestMs,
        onProgress(share) {
          shares[part] = share;
          const whole = Math.floor(((shares.order + shares.payment) / 2) * 100);
          bench.step(`growth: copying ${perSecond(copies)} checkouts, ${whole} %`);
        },
      });
      return Object.entries(counts).map(([table, count]) => [`${part}.${table}`, count] as const);
    }),
  );
  const { databases, topicPrefix } = first;
  const shop = await bench.startShop({ ...options, databases, topicPrefix });
  return { shop, rows: Object.fromEntries(rows.flat()) };
}

async function ordersOn({ servers }: Bench, shop: Shop, forMs: number): Promise<Load> {
  const used = await startMeter(servers, shop.pids);
  const outcome = await runTask<HttpLoad, HttpOutcome>("load/http_task.ts", {
    ports: shop.orderPorts,
    host: shop.host,
    path: "/api/orders",
    body: cart,
    connections: 64,
    forMs,
  });
  const placed = outcome.statuses["201"] ?? 0;
  if (placed !== outcome.sent)
    throw new Error(`Not every order was accepted: ${JSON.stringify(outcome.statuses)}`);
  return {
    perSecond: (placed * 1000) / outcome.elapsedMs,
    usage: usageEach(await used(), placed),
  };
}

async function readsOn(shop: Shop): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const { name, path } of reads) {
    const times: number[] = [];
    for (let call = 0; call < 21; call++) {
      const from = performance.now();
      const response = await fetch(shop.url + path, {
        headers: { Authorization: `Bearer ${merchantKey}` },
      });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`${path}: ${response.status}`);
      times.push(performance.now() - from);
    }
    found[name] = median(times);
  }
  return found;
}

/** PostgreSQL's CPU time for the connections of an idle shop, in microseconds a second. */
async function idleOn({ servers }: Bench, shop: Shop, forMs: number): Promise<number> {
  const { sql } = servers;
  const sessions = await sql<{ pid: number }[]>`
    select pid from pg_stat_activity where datname in ${sql(Object.values(shop.databases))}`;
  const micros = () => sessions.map(({ pid }) => cpuMicrosOf(pid) ?? NaN);
  await untilRest(servers);
  const before = micros();
  await Bun.sleep(forMs);
  const used = micros().map((after, index) => after - (before[index] ?? NaN));
  // a connection may have ended
  const known = used.filter(Number.isFinite);
  return known.length === 0 ? NaN : known.reduce((sum, each) => sum + each, 0) / (forMs / 1000);
}

/** Holds a snapshot open in each database, like a backup or a forgotten session. */
async function holdSnapshots({ servers }: Bench, shop: Shop): Promise<() => Promise<void>> {
  const ends: (() => Promise<void>)[] = [];
  for (const database of Object.values(shop.databases)) {
    const sql = postgres(servers.urlOf(database), { max: 1, onnotice() {} });
    await sql.unsafe("begin isolation level repeatable read");
    await sql`select count(*) from pg_class`;
    ends.push(async () => {
      await sql.unsafe("rollback");
      await sql.end();
    });
  }
  return async () => {
    for (const end of ends) await end();
  };
}
