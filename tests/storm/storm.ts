import { actsOf, barSweeps, untilProven, type Act } from "./acts.ts";
import {
  auditBooks,
  auditMoney,
  isPaid,
  moneyFigures,
  readBooks,
  refundsAtToss,
  type Books,
} from "./audit.ts";
import { auditEvents } from "./event_truth.ts";
import { keepEvidence } from "./evidence.ts";
import { floorViolations, type Tried } from "./floor.ts";
import { countHealing, learnt, sweptOrders, type Healing } from "./healing.ts";
import { openLedger, type Ledger } from "./ledger.ts";
import { lossFigures } from "./losses.ts";
import { randomOf } from "./random.ts";
import {
  countDue,
  findUnrest,
  letElevenMinutesPass,
  resendWebhooks,
  waitsForElevenMinutes,
} from "./rest.ts";
import { stormClient } from "./storm_client.ts";
import { shop } from "./storm_shopper.ts";
import { startStormStack, type StormStack } from "./storm_stack.ts";
import { auditBeforeWipe, findTorn, type Wiped } from "./torn.ts";
import { openBlame, type Violation } from "./violation.ts";
import { control, openFaultSchedule, type Damage } from "./fault_schedule.ts";

export type ActReport = {
  readonly name: string;
  readonly checkouts: number;
  readonly stormMs: number;
  /** From the end of the faults until nothing was open and all data agreed. */
  readonly restMs: number;
  readonly healed: Healing;
};

export type StormReport = {
  readonly seed: number;
  readonly tried: Tried;
  readonly acts: readonly ActReport[];
  readonly damage: Damage;
  /** Counts of responses by status; 0: no response. */
  readonly answers: Readonly<Record<string, number>>;
  readonly statuses: Readonly<Record<string, number>>;
  readonly figures: Readonly<Record<string, number>>;
  /** Orders whose rejection became final only after 11 minutes, which the storm simulates. */
  readonly waitedElevenMinutes: number;
  readonly violations: readonly Violation[];
};

export type StormProgress = {
  readonly act: string;
  readonly done: number;
  readonly paid: number;
  readonly damage: Damage;
};

/** The promised time limit: after the faults everything agrees within this time. */
const restWithinMs = 60_000;
/** For the status query after 11 minutes, one call to Toss for each order. */
const lookWithinMs = 120_000;

/** Runs the acts of a storm on its own stack, waits until it settles, and audits it. The seed decides all choices. */
export async function runStorm(options: {
  readonly checkouts: number;
  readonly seed: number;
  readonly shoppersAtOnce: number;
  readonly folder: string;
  /** Both databases are restored to an earlier moment, in acts of their own. */
  readonly putsBack?: boolean;
  readonly onProgress?: (progress: StormProgress) => void;
}): Promise<StormReport> {
  const { checkouts, seed, folder, putsBack = false } = options;
  const ledger = openLedger();
  const answers: Record<string, number> = {};
  const ended: string[] = [];
  const found = openBlame();
  const violations: Violation[] = [];
  let judged = 0;
  let wiped: Wiped = [];
  const stack = await startStormStack({ seed, folder, onLost: (name) => ended.push(name) });
  try {
    const faults = openFaultSchedule(stack, {
      random: randomOf(seed, 3_000_017),
      async beforeWipe() {
        wiped = await auditBeforeWipe(stack, found.blame);
      },
    });
    let done = 0;
    let next = 0;
    const reports: ActReport[] = [];

    async function shopUntil(last: number, act: Act): Promise<void> {
      await Promise.all(
        Array.from({ length: options.shoppersAtOnce }, async () => {
          while (next < last) {
            const random = randomOf(seed, next++);
            const client = stormClient(stack, {
              random,
              blame: ledger.lies.blame,
              onJudged: () => (judged += 1),
              onStatus(status) {
                answers[status] = (answers[status] ?? 0) + 1;
              },
            });
            await shop({ client, random, ledger });
            done += 1;
            const { damage } = faults;
            options.onProgress?.({ act: act.name, done, paid: ledger.paid.size, damage });
          }
        }),
      );
    }

    async function play(act: Act, last: number): Promise<void> {
      const first = next;
      const healedBefore = await countHealing(stack);
      await untilProven(stack);
      barSweeps(stack, act.barsSweeps);
      const startedMs = performance.now();
      const injection = faults.inject(act, {
        checkouts: last - first,
        progress: () => (done - first) / (last - first),
        done: () => done,
      });
      await shopUntil(last, act);
      await injection.clear();
      const clearMs = performance.now();
      violations.push(...(await untilAgreed(stack, ledger, act.name)));
      const restMs = performance.now() - clearMs;
      const healed = learnt(await countHealing(stack), healedBefore);
      if (act.barsSweeps) {
        const orderIds = await letSweepsGoOn(stack);
        if (orderIds.length > 0)
          violations.push({
            rule: "masked: a sweep changed an order that events and webhooks should have changed",
            orderIds,
          });
      }
      if (act.dropsWebhooks) await control(`${stack.sandboxUrl}/_sandbox/webhooks`, "POST", {});
      const stormMs = clearMs - startedMs;
      reports.push({
        name: act.name,
        checkouts: last - first,
        healed,
        stormMs,
        restMs,
      });
    }

    const acts = actsOf({ putsBack });
    let share = 0;
    for (const act of acts) {
      share += act.share;
      const isLast = act === acts.at(-1);
      await play(act, isLast ? checkouts : Math.round(checkouts * share));
    }

    const doubtful = await waitsForElevenMinutes(stack);
    await letElevenMinutesPass(stack);
    violations.push(...(await untilLookedAt(stack)));

    const books = await readBooks(stack);
    violations.push(...(await auditBooks(stack, books, ledger)));
    await auditEvents(stack, found.blame);
    const torn = await findTorn(stack, wiped);
    violations.push(...found.violations(), ...torn.violations);
    const tried = triedOf({ checkouts, judged, books, ledger });
    violations.push(...floorViolations(tried));
    if (answers["500"])
      violations.push({
        rule: `${answers["500"]} responses with status 500`,
        orderIds: [],
      });
    if (ended.length > 0)
      violations.push({
        rule: `processes that exited by themselves: ${ended.join(", ")}`,
        orderIds: [],
      });
    if (violations.length > 0) await keepEvidence(stack, violations);
    const statuses = Map.groupBy(books.orders.values(), (row) => row.status);
    return {
      seed,
      tried,
      answers,
      violations,
      acts: reports,
      damage: faults.damage,
      statuses: Object.fromEntries([...statuses].map(([status, rows]) => [status, rows.length])),
      figures: {
        ...moneyFigures(books),
        ...torn.figures,
        ...(putsBack ? await lossFigures(stack) : {}),
      },
      waitedElevenMinutes: doubtful.length,
    };
  } finally {
    await stack.close();
  }
}

/** Waits until nothing is open and Toss, payments and orders agree; returns the differences after the time limit. */
async function untilAgreed(stack: StormStack, ledger: Ledger, act: string): Promise<Violation[]> {
  const deadlineMs = performance.now() + restWithinMs;
  for (;;) {
    await resendWebhooks(stack);
    const unrest = (await findUnrest(stack)).map(({ what, orderIds }) => ({
      rule: `stuck: ${what}`,
      orderIds,
    }));
    const { blame, violations } = openBlame();
    if (unrest.length === 0) auditMoney(await readBooks(stack), ledger, blame);
    const open = [...unrest, ...violations()];
    if (open.length === 0) return [];
    if (performance.now() > deadlineMs)
      return open.map(({ rule, orderIds }) => ({
        rule: `${rule} (${act})`,
        orderIds,
      }));
    await Bun.sleep(250);
  }
}

async function untilLookedAt(stack: StormStack): Promise<Violation[]> {
  const deadlineMs = performance.now() + lookWithinMs;
  for (;;) {
    const unrest = [...(await findUnrest(stack, { havePassed: true }))];
    const due = await countDue(stack);
    if (due > 0) unrest.push({ what: `${due} status queries due`, orderIds: [] });
    if (unrest.length === 0) return [];
    if (performance.now() > deadlineMs)
      return unrest.map(({ what, orderIds }) => ({
        rule: `stuck: ${what}`,
        orderIds,
      }));
    await Bun.sleep(250);
  }
}

/** Allows the sweeps again, waits for a full run of each, and returns the orders that they changed (must be none). */
async function letSweepsGoOn(stack: StormStack): Promise<string[]> {
  const since = new Date(Date.now() - 100);
  const path = "/internal/payments/changed";
  const passed = stack.back.passed(path);
  barSweeps(stack, false);
  const giveUpAtMs = performance.now() + restWithinMs;
  // two requests by each of the two replicas, so that each has started a new run since
  while (stack.back.passed(path) < passed + 4) {
    if (performance.now() > giveUpAtMs)
      throw new Error("No sweep sent a request since it was allowed again");
    await Bun.sleep(100);
  }
  return await sweptOrders(stack, since);
}

function triedOf(storm: {
  readonly checkouts: number;
  readonly judged: number;
  readonly books: Books;
  readonly ledger: Ledger;
}): Tried {
  const { checkouts, judged, ledger } = storm;
  const { orders, losses } = storm.books;
  const requested = new Set([...ledger.refundsRequested.values()].map(({ orderId }) => orderId));
  const made = [...requested].flatMap((orderId) => refundsAtToss(storm.books, ledger, orderId));
  // whether a lost order was paid can no longer be queried
  const meant = [...ledger.meantToPay].filter((id) => !losses.orders.has(id));
  return {
    checkouts,
    placed: orders.size + losses.orders.size,
    meantToPay: meant.length,
    paid: meant.filter((id) => isPaid(orders.get(id))).length,
    refundsRequested: ledger.refundsRequested.size,
    refundsMade: made.length,
    answersJudged: judged,
  };
}
