import type { Bench, Figure, FigureResult } from "../figure.ts";
import { startMeter, usageEach, type Usage } from "../lab/meter.ts";
import { cpuMicrosOf } from "../lab/process_times.ts";
import type { Shop } from "../lab/shop.ts";
import { runTask } from "../load/child_task.ts";
import type { HttpLoad, HttpOutcome } from "../load/http_load.ts";
import { cart } from "../load/shopper.ts";
import { hasWrk, runAutocannon, runWrk } from "../load/tools.ts";
import { cell, median, micros, ms, perSecond, times } from "../report/cells.ts";
import { medianSpread, type Spread } from "../report/percentiles.ts";
import { answerOf, startBareHttp, type BareHttp } from "../rivals/bare_http.ts";
import { createRivalSchema, databaseTool, runDatabaseRival } from "../rivals/database_rival.ts";

/** One load on one contender. */
type Sample = {
  readonly perSecond: number;
  readonly latency: Spread;
  readonly clientMicros: number;
  readonly usage?: Usage;
  /** CPU time of a contender that is one process. */
  readonly ownMicros?: number;
};

const busy = 64;

export const orders: Figure = {
  name: "orders",
  title: "Orders over HTTP",
  summary:
    "POST /api/orders at 1, 8, 64 and 256 connections, compared with pgbench and BEGIN … COMMIT",
  estimateMs: ({ rounds, warmMs, loadMs, connections }) =>
    15_000 + 3 * warmMs + (rounds + 0.2) * (loadMs + 800) * (connections.length * 3 + 6),
  run,
};

async function run(bench: Bench): Promise<FigureResult> {
  const { scale, servers } = bench;
  const rivalUrl = await servers.createDatabase("rival_orders");
  await createRivalSchema(rivalUrl);
  const one = await bench.startShop({ name: "orders1" });
  const two = await bench.startShop({ name: "orders2", order: 2 });
  const alone = await bench.startShop({ name: "orders_alone", kafka: false });
  const samples = new Map<string, Sample[]>();
  const keep = (name: string, sample: Sample) => {
    samples.set(name, [...(samples.get(name) ?? []), sample]);
  };
  const rival = async (script: "single" | "transaction", clients: number, forMs: number) => {
    const outcome = await runDatabaseRival({ url: rivalUrl, clients, forMs, script });
    return { ...outcome, clientMicros: outcome.cpuMicros / outcome.latency.count };
  };

  const first = await answerOf(`${one.url}/api/orders`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: cart,
  });
  const bare = await startBareHttp(first);
  bench.step("orders: warming up");
  await answerBarely(bare, busy, scale.loadMs / 2);
  for (const shop of [one, two, alone]) await placeOrders(bench, shop, busy, scale.warmMs);
  await rival("single", busy, Math.min(2_000, scale.loadMs));
  for (let round = 1; round <= scale.rounds; round++) {
    for (const connections of scale.connections) {
      bench.step(`orders: round ${round} of ${scale.rounds}, ${connections} connections`);
      const forMs = scale.loadMs;
      keep(`payflow ${connections}`, await placeOrders(bench, one, connections, forMs));
      keep(`single ${connections}`, await rival("single", connections, forMs));
      keep(`transaction ${connections}`, await rival("transaction", connections, forMs));
      if (connections < busy) continue;
      keep(`two ${connections}`, await placeOrders(bench, two, connections, forMs));
      if (connections > busy) continue;
      keep("alone", await placeOrders(bench, alone, connections, forMs));
      keep("page", await openFirstPage(alone, forMs));
      keep("bare", await answerBarely(bare, connections, forMs));
      const toolLoad = { url: `${one.url}/api/orders`, body: cart, connections, forMs };
      const autocannon = { name: "autocannon", run: runAutocannon };
      for (const tool of hasWrk ? [{ name: "wrk", run: runWrk }, autocannon] : [autocannon]) {
        const outcome = await tool.run({ ...toolLoad, folder: bench.folder });
        if (outcome.errors > 0) throw new Error(`${tool.name} met ${outcome.errors} errors`);
        const clientMicros = outcome.cpuMicros / ((outcome.perSecond * forMs) / 1000);
        const latency = { count: 1, p50: NaN, p95: NaN, p99: outcome.p99, max: NaN };
        keep(tool.name, { perSecond: outcome.perSecond, latency, clientMicros });
      }
    }
  }
  await Promise.all([one, two, alone, bare].map((part) => part.stop()));
  return resultOf(bench, samples);
}

/** Runs a load whose responses must all have `status`; measures the CPU time of one process. */
async function answerBy(pid: number, status: number, load: HttpLoad): Promise<Sample> {
  const before = cpuMicrosOf(pid) ?? NaN;
  const outcome = await runTask<HttpLoad, HttpOutcome>("load/http_task.ts", load);
  if (outcome.statuses[status] !== outcome.sent)
    throw new Error(`Not every response was ${status}: ${JSON.stringify(outcome.statuses)}`);
  return {
    perSecond: (outcome.sent * 1000) / outcome.elapsedMs,
    latency: outcome.accepted,
    clientMicros: outcome.clientMicros / outcome.sent,
    ownMicros: ((cpuMicrosOf(pid) ?? NaN) - before) / outcome.sent,
  };
}

/** The same load on Bun's HTTP alone; the difference is PayFlow's own cost. */
function answerBarely({ port, pid }: BareHttp, connections: number, forMs: number) {
  const host = `localhost:${port}`;
  const load = { ports: [port], host, path: "/api/orders", body: cart, connections, forMs };
  return answerBy(pid, 201, load);
}

/** Loads the shop's first page, as at a first visit. */
function openFirstPage({ orderPorts: ports, host, pids }: Shop, forMs: number) {
  return answerBy(pids.order[0] ?? 0, 200, { ports, host, path: "/", connections: 8, forMs });
}

/** Every response must be 201, because a rejected order is no placed order. */
async function placeOrders(
  { servers }: Bench,
  shop: Shop,
  connections: number,
  forMs: number,
): Promise<Sample> {
  const used = await startMeter(servers, shop.pids);
  const load = { ports: shop.orderPorts, host: shop.host, path: "/api/orders", body: cart };
  const outcome = await runTask<HttpLoad, HttpOutcome>("load/http_task.ts", {
    ...load,
    connections,
    forMs,
  });
  const usage = await used();
  const placed = outcome.statuses["201"] ?? 0;
  if (placed !== outcome.sent)
    throw new Error(`Not every order was accepted: ${JSON.stringify(outcome.statuses)}`);
  return {
    perSecond: (placed * 1000) / outcome.elapsedMs,
    latency: outcome.accepted,
    clientMicros: outcome.clientMicros / placed,
    usage: usageEach(usage, placed),
  };
}

function resultOf({ scale }: Bench, samples: ReadonlyMap<string, readonly Sample[]>): FigureResult {
  const of = (name: string) => samples.get(name) ?? [];
  const rate = (name: string) => median(of(name).map((sample) => sample.perSecond));
  /** The median over rounds of the ratio; both sides of a round ran within seconds. */
  const ratio = (name: string, rival: string) =>
    median(of(name).map((sample, round) => sample.perSecond / (of(rival)[round]?.perSecond ?? 0)));
  const latency = (name: string) => medianSpread(of(name).map((sample) => sample.latency));
  const cost = (name: string, pick: (usage: Usage) => number | undefined) =>
    median(of(name).map(({ usage }) => (usage && pick(usage)) ?? NaN));
  const most = Math.max(...scale.connections);
  const single = `${databaseTool}, one prepared statement`;

  const side = scale.connections.map((connections) => [
    String(connections),
    times(ratio(`payflow ${connections}`, `single ${connections}`)),
    times(ratio(`two ${connections}`, `single ${connections}`)),
    times(ratio(`payflow ${connections}`, `transaction ${connections}`)),
    perSecond(rate(`payflow ${connections}`)),
    perSecond(rate(`two ${connections}`)),
    perSecond(rate(`single ${connections}`)),
    perSecond(rate(`transaction ${connections}`)),
    ms(latency(`payflow ${connections}`).p99),
    ms(latency(`single ${connections}`).p99),
  ]);
  const contenders = [
    { name: `payflow ${busy}`, label: "order, relay and Kafka" },
    { name: `two ${busy}`, label: "two processes of order" },
    { name: "alone", label: "order alone, Kafka stopped" },
  ];
  const costs = contenders.map(({ name, label }) => [
    label,
    micros(cost(name, (usage) => usage.micros.order)),
    micros(cost(name, (usage) => usage.micros.postgres)),
    micros(cost(name, (usage) => usage.micros.kafka)),
    micros(median(of(name).map((sample) => sample.clientMicros))),
    cell(cost(name, (usage) => usage.walBytes)),
    cell(cost(name, (usage) => usage.fullPages)),
    cell(cost(name, (usage) => usage.statements)),
  ]);
  costs.push([
    "Bun's HTTP alone, the same response",
    micros(median(of("bare").map(({ ownMicros = NaN }) => ownMicros))),
    "",
    "",
    micros(median(of("bare").map((sample) => sample.clientMicros))),
    "",
    "",
    "",
  ]);
  const clients = ["wrk", "autocannon"].filter((name) => of(name).length > 0);
  const byClient = [
    { name: `payflow ${busy}`, label: "our client" },
    ...clients.map((name) => ({ name, label: name })),
  ].map(({ name, label }) => [
    label,
    perSecond(rate(name)),
    ms(latency(name).p99),
    micros(median(of(name).map((sample) => sample.clientMicros))),
  ]);
  return {
    targets: [
      {
        text: `${busy} connections, compared with ${single}`,
        unit: "×",
        atLeast: 1.2,
        reached: ratio(`payflow ${busy}`, `single ${busy}`),
      },
      {
        text: `${most} connections and two processes, compared with ${single}`,
        unit: "×",
        atLeast: 1.6,
        reached: ratio(`two ${most}`, `single ${most}`),
      },
      {
        text: "CPU of Bun for an order, without the relay",
        unit: "µs",
        atMost: 80,
        reached: cost("alone", (usage) => usage.micros.order),
      },
      {
        text: "CPU of PostgreSQL for an order, without the relay",
        unit: "µs",
        atMost: 50,
        reached: cost("alone", (usage) => usage.micros.postgres),
      },
      {
        text: "WAL for an order, without the relay",
        unit: "B",
        atMost: 1_700,
        reached: cost("alone", (usage) => usage.walBytes),
      },
      {
        text: `p99 at ${busy} connections`,
        unit: "ms",
        atMost: 20,
        reached: latency(`payflow ${busy}`).p99,
      },
      {
        text: "CPU of the shop's first page",
        unit: "ms",
        atMost: 5,
        reached: median(of("page").map(({ ownMicros = NaN }) => ownMicros)) / 1_000,
      },
    ],
    tables: [
      {
        caption:
          "Orders a second, compared with two rivals that only write, with as many clients each",
        head: [
          "connections",
          "PayFlow / single",
          "two processes / single",
          "PayFlow / transaction",
          "PayFlow",
          "two processes",
          single,
          `${databaseTool}, BEGIN … COMMIT`,
          "PayFlow p99",
          "single p99",
        ],
        rows: side,
      },
      {
        caption: `Cost of an order at ${busy} connections`,
        head: [
          "",
          "order",
          "PostgreSQL",
          "Kafka",
          "load client",
          "WAL bytes",
          "full pages",
          "statements",
        ],
        rows: costs,
      },
      {
        caption: `The same load at ${busy} connections by other clients`,
        head: ["client", "orders a second", "p99", "CPU of the client for an order"],
        rows: byClient,
      },
    ],
    charts: [
      {
        kind: "bars",
        name: "orders",
        title: "Orders a second over HTTP",
        unit: "more is better",
        groups: scale.connections.map((connections) => ({
          label: `${connections} connections`,
          bars: [
            { series: "PayFlow", value: rate(`payflow ${connections}`) },
            { series: "two processes", value: rate(`two ${connections}`) },
            { series: single, value: rate(`single ${connections}`) },
            { series: "BEGIN … COMMIT", value: rate(`transaction ${connections}`) },
          ].filter(({ value }) => Number.isFinite(value)),
        })),
      },
    ],
    notes: [
      "PayFlow responds with 201 after its commit, with the relay publishing to Kafka meanwhile; the request is parsed, checked, priced and written with its event, history and session. The rivals only write an order, its item and its event by a prepared statement or by a transaction, and publish nothing. The last row of the costs is a server that only parses the body and responds with the same bytes: the cost of Bun's HTTP alone. All processes share the cores. The load client's cost is shown, because a heavier client leaves less for the measured processes.",
    ],
    samples: Object.fromEntries(samples),
  };
}
