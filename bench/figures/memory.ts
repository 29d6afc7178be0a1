import type { Bench, Figure, FigureResult } from "../figure.ts";
import { memoryMbOf, sharedMbOf } from "../lab/process_times.ts";
import type { ShopPids } from "../lab/shop.ts";
import type { CheckoutLoad, CheckoutOutcome } from "../load/checkout_task.ts";
import { runTask } from "../load/child_task.ts";
import { median, megabytes, ms } from "../report/cells.ts";

/** A busy shop that leaves some CPU time idle. */
const soakPerSecond = 20;

export const memory: Figure = {
  name: "memory",
  title: "Memory and start",
  summary: "memory when idle, under load and after 15 minutes; time until ready",
  // in a whole run, the processes are old enough by then
  estimateMs: ({ rounds, loadMs, soakMs }, beforeMs) =>
    (rounds + 1) * (4_000 + loadMs) + 2 * loadMs + Math.max(0, soakMs - beforeMs * 0.65),
  run,
};

type Memory = {
  readonly order: number;
  readonly payment: number;
  /** Memory that both processes share. */
  readonly shared: number;
};

async function run(bench: Bench): Promise<FigureResult> {
  const { scale } = bench;
  const starts: { order: number; payment: number; isNew: boolean }[] = [];
  const idle: Memory[] = [];
  let databases: { order: string; payment: string } | undefined;
  // the first start creates the tables, the others find them
  for (let round = 0; round <= scale.rounds; round++) {
    bench.step(`memory: start ${round + 1} of ${scale.rounds + 1}`);
    const options = { name: "memory", payment: 1, topicPrefix: "memory." };
    const shop = await bench.startShop(databases ? { ...options, databases } : options);
    databases = shop.databases;
    starts.push({ ...shop.readyMs, isNew: round === 0 });
    await Bun.sleep(scale.loadMs);
    idle.push(memoryOf(shop.pids));
    await shop.stop();
  }
  const { shop, ageMs } = await bench.mainShop();
  bench.step("memory: under load");
  const underLoad = await peakDuring(shop.pids, () =>
    checkouts(shop, { atOnce: 32, forMs: scale.loadMs * 2 }),
  );
  const leftMs = scale.soakMs - ageMs();
  if (leftMs > 0) {
    bench.step(`memory: ${soakPerSecond} checkouts a second for ${Math.ceil(leftMs / 1000)} s`);
    await checkouts(shop, { atOnce: 32, forMs: leftMs, perSecond: soakPerSecond });
  }
  const afterwards = memoryOf(shop.pids);
  const age = Math.round(ageMs() / 60_000);
  const ready = (part: "order" | "payment", isNew: boolean) =>
    median(starts.filter((each) => each.isNew === isNew).map((each) => each[part]));
  const idles = {
    order: median(idle.map((each) => each.order)),
    payment: median(idle.map((each) => each.payment)),
    shared: median(idle.map((each) => each.shared)),
  };
  const together = ({ order, payment, shared }: Memory) => order + payment - shared;
  const row = (label: string, memory: Memory) => [
    label,
    megabytes(memory.order),
    megabytes(memory.payment),
    megabytes(together(memory)),
  ];
  return {
    targets: [
      {
        text: "order and payment when idle",
        unit: "MB",
        atMost: 150,
        reached: together(idles),
      },
      {
        text: "ready after a start on existing tables",
        unit: "ms",
        atMost: 1_000,
        reached: Math.max(ready("order", false), ready("payment", false)),
      },
    ],
    tables: [
      {
        caption: "Resident memory",
        head: ["", "order", "payment", "total"],
        rows: [
          row("idle", idles),
          row("under load, peak", underLoad),
          row(`after ${age} minute${age === 1 ? "" : "s"} of work`, afterwards),
        ],
      },
      {
        caption: "From the start of both processes to ready",
        head: ["", "order", "payment"],
        rows: [
          ["first start, creates the tables", ms(ready("order", true)), ms(ready("payment", true))],
          ["later starts", ms(ready("order", false)), ms(ready("payment", false))],
        ],
      },
    ],
    charts: [
      {
        kind: "bars",
        name: "memory",
        title: "Resident memory",
        unit: "MB",
        groups: [
          { label: "idle", at: idles },
          { label: "under load", at: underLoad },
          { label: `after ${age} min`, at: afterwards },
        ].map(({ label, at }) => ({
          label,
          bars: [
            { series: "order", value: at.order },
            { series: "payment", value: at.payment },
          ],
        })),
      },
    ],
    notes: [
      "Both processes run the same program: each process's figure includes its pages, the total counts them once.",
      "The last memory figure is of the processes that ran the other benchmarks before, followed by a steady load of checkouts.",
    ],
    samples: { starts, idle, underLoad, afterwards },
  };
}

async function checkouts(
  shop: { url: string; sandboxUrl: string },
  load: Pick<CheckoutLoad, "atOnce" | "forMs" | "perSecond">,
): Promise<CheckoutOutcome> {
  const places = { orderUrl: shop.url, sandboxUrl: shop.sandboxUrl };
  return await runTask<CheckoutLoad, CheckoutOutcome>("load/checkout_task.ts", {
    places,
    kind: "whole",
    ...load,
  });
}

function memoryOf(pids: ShopPids): Memory {
  const of = (pid: number | undefined) => memoryMbOf(pid ?? 0) ?? NaN;
  const shared = [pids.order[0], pids.payment[0]].map((pid) => sharedMbOf(pid ?? 0) ?? 0);
  return { order: of(pids.order[0]), payment: of(pids.payment[0]), shared: Math.min(...shared) };
}

async function peakDuring(pids: ShopPids, work: () => Promise<unknown>): Promise<Memory> {
  let peak = memoryOf(pids);
  const timer = setInterval(() => {
    const now = memoryOf(pids);
    peak = {
      order: Math.max(peak.order, now.order),
      payment: Math.max(peak.payment, now.payment),
      shared: now.shared,
    };
  }, 100);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return peak;
}
