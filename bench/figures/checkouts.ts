import postgres from "postgres";
import type { Bench, Figure, FigureResult } from "../figure.ts";
import { startMeter, usageEach, parts, type Usage } from "../lab/meter.ts";
import type { Shop } from "../lab/shop.ts";
import type { CheckoutLoad, CheckoutOutcome } from "../load/checkout_task.ts";
import { runTask } from "../load/child_task.ts";
import { delayConfirms } from "../load/shopper.ts";
import { cell, median, ms, perSecond } from "../report/cells.ts";

type Sample = CheckoutOutcome & { readonly cpuMicros: number; readonly usage: Usage };

const atOnce = 32;
const delays = [0, 20];

export const checkouts: Figure = {
  name: "checkouts",
  title: "Whole checkouts",
  summary: "placed, authenticated, confirmed and paid, with a PSP that responds in 0 and 20 ms",
  estimateMs: ({ rounds, warmMs, loadMs, confirms }) =>
    10_000 + warmMs + delays.length * (rounds * (loadMs + 2_000) + confirms * 80),
  run,
};

async function run(bench: Bench): Promise<FigureResult> {
  const { scale } = bench;
  const { shop } = await bench.mainShop();
  const places = { orderUrl: shop.url, sandboxUrl: shop.sandboxUrl };
  const samples = new Map<number, Sample[]>();
  const confirms = new Map<number, CheckoutOutcome>();
  bench.step("checkouts: warming up");
  await checkoutsOn(bench, shop, scale.warmMs);
  for (const delayMs of delays) {
    await delayConfirms(places, delayMs);
    for (let round = 1; round <= scale.rounds; round++) {
      bench.step(`checkouts: PSP in ${delayMs} ms, round ${round} of ${scale.rounds}`);
      const sample = await checkoutsOn(bench, shop, scale.loadMs);
      samples.set(delayMs, [...(samples.get(delayMs) ?? []), sample]);
    }
    bench.step(`checkouts: PSP in ${delayMs} ms, one confirm at a time`);
    const outcome = await runTask<CheckoutLoad, CheckoutOutcome>("load/checkout_task.ts", {
      places,
      kind: "confirm",
      atOnce: 1,
      forMs: 120_000,
      total: scale.confirms,
    });
    confirms.set(delayMs, outcome);
  }
  await delayConfirms(places, 0);
  const of = (delayMs: number, pick: (sample: Sample) => number | undefined) =>
    median((samples.get(delayMs) ?? []).map((sample) => pick(sample) ?? NaN));
  const cpu = (delayMs: number) =>
    of(delayMs, ({ usage }) =>
      parts.reduce<number>((sum, part) => sum + (usage.micros[part] ?? NaN), 0),
    );
  const added = (delayMs: number) => {
    const outcome = confirms.get(delayMs);
    return outcome === undefined ? NaN : outcome.confirm.p50 - outcome.confirmAtToss.p50;
  };
  return {
    targets: [
      {
        text: "checkouts a second, PSP responds at once",
        unit: "/s",
        atLeast: 300,
        reached: of(0, (sample) => sample.perSecond),
      },
      { text: "CPU for a checkout, all processes", unit: "ms", atMost: 8, reached: inMs(cpu(0)) },
      {
        text: "statements for a checkout",
        unit: "",
        atMost: 8,
        reached: of(0, ({ usage }) => usage.statements),
      },
      { text: "time added to a single confirm, p50", unit: "ms", atMost: 8, reached: added(0) },
    ],
    tables: [
      {
        caption: `Whole checkouts, ${atOnce} at once`,
        head: ["PSP responds in", "checkouts a second", "p50", "p99", "WAL bytes", "statements"],
        rows: delays.map((delayMs) => [
          `${delayMs} ms`,
          perSecond(of(delayMs, (sample) => sample.perSecond)),
          ms(of(delayMs, (sample) => sample.whole.p50)),
          ms(of(delayMs, (sample) => sample.whole.p99)),
          cell(of(delayMs, ({ usage }) => usage.walBytes)),
          cell(of(delayMs, ({ usage }) => usage.statements)),
        ]),
      },
      {
        caption: "CPU time for a checkout",
        head: ["PSP responds in", ...parts, "total", "load client"],
        rows: delays.map((delayMs) => [
          `${delayMs} ms`,
          ...parts.map((part) => ms(of(delayMs, ({ usage }) => inMs(usage.micros[part])))),
          ms(inMs(cpu(delayMs))),
          ms(of(delayMs, (sample) => inMs(sample.cpuMicros / (sample.paid + sample.pending)))),
        ]),
      },
      {
        caption: "One confirm at a time, compared with the same call directly to the PSP",
        head: ["PSP responds in", "through PayFlow, p50", "p99", "directly, p50", "added, p50"],
        rows: delays.map((delayMs) => {
          const outcome = confirms.get(delayMs);
          return [
            `${delayMs} ms`,
            ms(outcome?.confirm.p50),
            ms(outcome?.confirm.p99),
            ms(outcome?.confirmAtToss.p50),
            ms(added(delayMs)),
          ];
        }),
      },
    ],
    charts: [
      {
        kind: "bars",
        name: "checkouts",
        title: "CPU time for a checkout, PSP responds at once",
        unit: "ms, less is better",
        groups: parts.map((part) => ({
          label: part,
          bars: [{ series: "CPU", value: of(0, ({ usage }) => inMs(usage.micros[part])) }],
        })),
      },
    ],
    notes: [
      "A checkout is a placed order, a completed payment window of the Toss sandbox, a confirm, and the resulting events and webhooks. The PSP is the sandbox with its state on disk; the total includes its CPU time.",
    ],
    samples: {
      whole: Object.fromEntries(samples),
      confirm: Object.fromEntries(confirms),
    },
  };
}

const inMs = (micros: number | undefined): number => (micros ?? NaN) / 1000;

/** Runs a load of checkouts and measures its cost until the last order is CONFIRMED. */
export async function checkoutsOn({ servers }: Bench, shop: Shop, forMs: number): Promise<Sample> {
  const places = { orderUrl: shop.url, sandboxUrl: shop.sandboxUrl };
  const sql = postgres(servers.urlOf(shop.databases.order), { max: 1, onnotice() {} });
  const confirmed = async () => {
    const [row] = await sql<{ count: number }[]>`
      select count(*)::int as count from orders where status = 'CONFIRMED'`;
    return row?.count ?? 0;
  };
  try {
    const before = await confirmed();
    const used = await startMeter(servers, shop.pids);
    const outcome = await runTask<CheckoutLoad, CheckoutOutcome>("load/checkout_task.ts", {
      places,
      kind: "whole",
      atOnce,
      forMs,
    });
    const done = outcome.paid + outcome.pending;
    const giveUpMs = performance.now() + 60_000;
    let polls = 0;
    for (; (await confirmed()) < before + done; polls++) {
      if (performance.now() > giveUpMs) throw new Error("Not every checkout was paid in time");
      await Bun.sleep(100);
    }
    const usage = await used();
    const statements = usage.statements === undefined ? undefined : usage.statements - polls - 1;
    return { ...outcome, usage: usageEach({ ...usage, statements }, done) };
  } finally {
    await sql.end();
  }
}
