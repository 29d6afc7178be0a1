import { audit } from "./audit.ts";
import type { Violation } from "./violation.ts";
import { keepEvidence } from "./evidence.ts";
import { openLedger } from "./ledger.ts";
import { randomOf } from "./random.ts";
import {
  countDue,
  findUnrest,
  letElevenMinutesPass,
  waitsForElevenMinutes,
} from "./rest.ts";
import { stormClient } from "./storm_client.ts";
import { shop } from "./storm_shopper.ts";
import { startStormStack, type StormStack } from "./storm_stack.ts";
import { raiseStorm, type Damage } from "./weather.ts";

export type StormReport = {
  readonly seed: number;
  readonly checkouts: number;
  readonly stormMs: number;
  /** From the end of the faults until nothing was under way any more. */
  readonly restMs: number;
  readonly damage: Damage;
  /** Answers of the services by status; 0: none. */
  readonly answers: Readonly<Record<string, number>>;
  readonly statuses: Readonly<Record<string, number>>;
  readonly figures: Readonly<Record<string, number>>;
  /** Orders whose refusal could count only after 11 minutes, which were made to pass. */
  readonly waitedElevenMinutes: number;
  readonly violations: readonly Violation[];
};

export type StormProgress = {
  readonly done: number;
  readonly confirmed: number;
  readonly damage: Damage;
};

/** The promise: after a storm everything agrees within this time. */
const restWithinMs = 60_000;
/** The 11-minute look of every order, at as many calls to Toss as there are orders. */
const lookWithinMs = 120_000;

/** Raises a storm over a PayFlow of its own, lets it settle, and audits it. All draws come from the seed. */
export async function runStorm(options: {
  readonly checkouts: number;
  readonly seed: number;
  readonly shoppersAtOnce: number;
  readonly folder: string;
  readonly onProgress?: (progress: StormProgress) => void;
}): Promise<StormReport> {
  const { checkouts, seed, folder } = options;
  const ledger = openLedger();
  const answers: Record<string, number> = {};
  const unasked: string[] = [];
  const stack = await startStormStack({
    seed,
    folder,
    onLost: (name) => unasked.push(name),
  });
  try {
    let done = 0;
    const startedMs = performance.now();
    const weather = await raiseStorm(stack, {
      random: randomOf(seed, 3_000_017),
      progress: () => done / checkouts,
    });
    const { damage } = weather;
    let next = 0;
    await Promise.all(
      Array.from({ length: options.shoppersAtOnce }, async () => {
        while (next < checkouts) {
          const random = randomOf(seed, next++);
          const client = stormClient(stack, random, (status) => {
            answers[status] = (answers[status] ?? 0) + 1;
          });
          await shop({ client, random, ledger });
          done += 1;
          options.onProgress?.({ done, confirmed: ledger.paid.size, damage });
        }
      }),
    );
    await weather.clear();
    const clearMs = performance.now();
    const violations: Violation[] = [];
    violations.push(...(await untilAtRest(stack, restWithinMs)));
    const restMs = performance.now() - clearMs;

    const doubtful = await waitsForElevenMinutes(stack);
    await letElevenMinutesPass(stack);
    violations.push(
      ...(await untilAtRest(stack, lookWithinMs, { looks: true })),
    );
    const found = await audit(stack, {
      ledger,
      wipedUntil: weather.wipedUntil(),
    });
    violations.push(...found.violations);
    if (answers["500"])
      violations.push({
        rule: `${answers["500"]} answers of 500`,
        orderIds: [],
      });
    if (unasked.length > 0)
      violations.push({
        rule: `ended by themselves: ${unasked.join(", ")}`,
        orderIds: [],
      });
    if (violations.length > 0) await keepEvidence(stack, violations);
    return {
      ...{ seed, checkouts, restMs, damage, answers, violations },
      stormMs: clearMs - startedMs,
      statuses: found.statuses,
      figures: found.figures,
      waitedElevenMinutes: doubtful.length,
    };
  } finally {
    await stack.close();
  }
}

async function untilAtRest(
  stack: StormStack,
  withinMs: number,
  { looks = false } = {},
): Promise<Violation[]> {
  const deadlineMs = performance.now() + withinMs;
  for (;;) {
    const unrest = [...(await findUnrest(stack))];
    if (looks) {
      const due = await countDue(stack);
      if (due > 0) unrest.push({ what: `${due} looks due`, orderIds: [] });
    }
    if (unrest.length === 0) return [];
    if (performance.now() > deadlineMs)
      return unrest.map(({ what, orderIds }) => ({
        rule: `stuck: ${what}`,
        orderIds,
      }));
    await Bun.sleep(250);
  }
}
