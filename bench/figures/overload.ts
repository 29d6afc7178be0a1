import type { Bench, Figure, FigureResult } from "../figure.ts";
import { memoryMbOf } from "../lab/process_times.ts";
import type { Shop } from "../lab/shop.ts";
import { runTask } from "../load/child_task.ts";
import type { HttpLoad, HttpOutcome } from "../load/http_load.ts";
import { cart } from "../load/shopper.ts";
import { megabytes, ms, perSecond, percent, times } from "../report/cells.ts";
import { spreadOf } from "../report/percentiles.ts";

const offeredTimes = 10;
const recoversWithinMs = 5_000;

export const overload: Figure = {
  name: "overload",
  title: "Ten times the capacity",
  summary: "accepted and refused orders, health, memory, and recovery",
  estimateMs: ({ overloadMs, loadMs }) => 12_000 + overloadMs + 2 * loadMs,
  run,
};

async function run(bench: Bench): Promise<FigureResult> {
  const { scale } = bench;
  const shop = await bench.startShop({ name: "overload", payment: 1, sandbox: true });
  bench.step("overload: capacity");
  await closedLoop(shop, { connections: 64, forMs: scale.loadMs / 2 });
  const normal = await closedLoop(shop, { connections: 64, forMs: scale.loadMs });
  const capacity = acceptedRate(normal);
  const memoryBefore = memoryMbOf(shop.pids.order[0] ?? 0);

  bench.step(`overload: ${offeredTimes} times ${perSecond(capacity)} a second`);
  const watch = watchHealth(shop);
  const flood = await runTask<HttpLoad, HttpOutcome>("load/http_task.ts", {
    ...loadOf(shop),
    connections: scale.overloadConnections,
    forMs: scale.overloadMs,
    perSecond: Math.max(1, Math.round(capacity * offeredTimes)),
    graceMs: 0,
    fromSending: true,
  });
  const endedMs = performance.now();
  const { health, memory } = await watch.stop();

  bench.step("overload: recovery");
  await Bun.sleep(Math.max(0, recoversWithinMs - (performance.now() - endedMs)));
  const after = await closedLoop(shop, { connections: 64, forMs: scale.loadMs });
  await shop.stop();

  const middle = Math.floor(memory.length / 2);
  const [firstHalf, secondHalf] = [peak(memory.slice(0, middle)), peak(memory.slice(middle))];
  const offered = (flood.sent * 1000) / flood.elapsedMs;
  const recovered = acceptedRate(after) / capacity;
  return {
    targets: [
      { text: "accepted, p99", unit: "ms", atMost: 2_000, reached: flood.accepted.p99 },
      {
        text: "refused, p99",
        unit: "ms",
        atMost: 1_000,
        reached: flood.refused.count === 0 ? 0 : flood.refused.p99,
      },
      {
        text: "refusals with 429 or 503 and Retry-After",
        unit: "%",
        atLeast: 100,
        reached: politeShare(flood) * 100,
      },
      { text: "healthz, p99", unit: "ms", atMost: 50, reached: health.p99 },
      {
        text: "peak memory in the second half, compared with the first",
        unit: "×",
        atMost: 1.1,
        reached: secondHalf / firstHalf,
      },
      {
        text: "orders a second 5 s afterwards, compared with before",
        unit: "×",
        atLeast: 0.9,
        reached: recovered,
      },
    ],
    tables: [
      {
        caption: `${offeredTimes} times the capacity over ${perSecond(scale.overloadConnections)} connections for ${scale.overloadMs / 1000} s`,
        head: ["", "before", "meanwhile", "5 s afterwards"],
        rows: [
          [
            "offered a second",
            perSecond(capacity),
            `${perSecond(offered)} (${times(offered / capacity)})`,
            "",
          ],
          [
            "accepted a second",
            perSecond(capacity),
            perSecond(acceptedRate(flood)),
            `${perSecond(acceptedRate(after))} (${percent(recovered)})`,
          ],
          [
            "accepted, p99",
            ms(normal.accepted.p99),
            ms(flood.accepted.p99),
            ms(after.accepted.p99),
          ],
          ["refused a second", "0", perSecond((flood.refused.count * 1000) / flood.elapsedMs), ""],
          ["refused, p99", "", ms(flood.refused.p99), ""],
          ["healthz, p99", "", ms(health.p99), ""],
          ["memory of order", megabytes(memoryBefore), megabytes(peak(memory)), ""],
          ["responses by status", statuses(normal), statuses(flood), statuses(after)],
        ],
      },
    ],
    charts: [
      {
        kind: "lines",
        name: "overload",
        title: "Responses a second at ten times the capacity",
        unit: "responses a second",
        across: "seconds",
        series: [
          { name: "accepted", points: pointsOf(flood.acceptedEachSecond) },
          { name: "refused", points: pointsOf(flood.refusedEachSecond) },
        ],
      },
    ],
    notes: [
      "Requests are due at ten times the rate that 64 connections reach; the table shows the rate that the client reached on the same cores. Latency counts from the sending of the request.",
    ],
    samples: { normal, flood, after, health, memory },
  };
}

function loadOf(shop: Shop) {
  return { ports: shop.orderPorts, host: shop.host, path: "/api/orders", body: cart };
}

async function closedLoop(shop: Shop, options: { connections: number; forMs: number }) {
  return await runTask<HttpLoad, HttpOutcome>("load/http_task.ts", {
    ...loadOf(shop),
    ...options,
  });
}

function acceptedRate(outcome: HttpOutcome): number {
  return (outcome.accepted.count * 1000) / outcome.elapsedMs;
}

function politeShare({ statuses, refused, refusedWithoutRetryAfter }: HttpOutcome): number {
  if (refused.count === 0) return 1;
  const polite = (statuses["429"] ?? 0) + (statuses["503"] ?? 0) - refusedWithoutRetryAfter;
  return polite / refused.count;
}

function statuses(outcome: HttpOutcome): string {
  return Object.entries(outcome.statuses)
    .map(([status, count]) => `${status}: ${perSecond(count)}`)
    .join(", ");
}

function peak(values: readonly number[]): number {
  return values.length === 0 ? NaN : Math.max(...values);
}

function pointsOf(eachSecond: readonly number[]) {
  return eachSecond.map((y, x) => ({ x, y }));
}

/** Calls /healthz ten times a second, and reads the memory of order as often. */
function watchHealth(shop: Shop) {
  const times: number[] = [];
  const memory: number[] = [];
  const calls: Promise<void>[] = [];
  const probe = async () => {
    const from = performance.now();
    try {
      const signal = AbortSignal.timeout(10_000);
      await (await fetch(`${shop.url}/healthz`, { signal })).arrayBuffer();
    } catch {
      // a failed call counts with its duration
    }
    times.push(performance.now() - from);
  };
  const timer = setInterval(() => {
    calls.push(probe());
    const now = memoryMbOf(shop.pids.order[0] ?? 0);
    if (now !== undefined) memory.push(now);
  }, 100);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(calls);
      return { health: spreadOf(times), memory };
    },
  };
}
