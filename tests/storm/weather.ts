import type { Random } from "./random.ts";
import { tossTimeoutMs, type StormStack } from "./storm_stack.ts";

/** How often what has gone wrong, for the progress line and the report. */
export type Damage = {
  processesKilled: number;
  backendsKilled: number;
  kafkaStops: number;
  kafkaWipes: number;
};

export type Weather = {
  readonly damage: Damage;
  /** When Kafka, wiped, answered again: what it was sent before is gone. Undefined: never wiped. */
  wipedUntil(): Date | undefined;
  /** Ends every fault and resolves when all parts are up. */
  clear(): Promise<void>;
};

const killEveryMs = 2_000;
const backendsEveryMs = 1_500;
const kafkaStopsEveryMs = 40_000;
const kafkaDownMs = 5_000;
const webhooksEveryMs = 1_000;

const share = 0.05;
/** What Toss does wrong, by rate: five of a hundred calls each. */
const tossFaults = [
  ...["confirm", "cancel"].flatMap((operation) => [
    { operation, fault: "lose_response", rate: share },
    { operation, fault: "error_after", rate: share },
    { operation, fault: "error_before", rate: share / 2 },
    {
      ...{ operation, fault: "error_before", rate: share / 2 },
      code: "PROVIDER_ERROR",
    },
    { operation, fault: "delay", delayMs: tossTimeoutMs + 1_000, rate: share },
  ]),
  { operation: "find", fault: "stale", rate: share },
  { operation: "find", fault: "not_found", rate: share / 2 },
  { operation: "find", fault: "error_before", rate: share / 2 },
  { operation: "find", fault: "lose_response", rate: share / 2 },
];

const webhookFaults = [
  {},
  { drop: true, rate: 0.5 },
  { duplicate: 2, rate: 0.5 },
  { reorder: true, rate: 0.5 },
  { delayMs: 3_000, rate: 0.5 },
  { duplicate: 1, reorder: true, rate: 1 },
];

/** Raises the storm. Kafka's disk is wiped once, when `progress` (0 to 1) has passed the middle. */
export async function raiseStorm(
  stack: StormStack,
  options: { readonly random: Random; readonly progress: () => number },
): Promise<Weather> {
  const { random, progress } = options;
  const damage: Damage = {
    ...{ processesKilled: 0, backendsKilled: 0 },
    ...{ kafkaStops: 0, kafkaWipes: 0 },
  };
  let wipedUntil: Date | undefined;
  const over = new AbortController();

  /** Repeats until the storm is over; a fault of the faults is a fault of the test. */
  async function every(ms: number, act: () => Promise<void>): Promise<void> {
    while (!over.signal.aborted) {
      await Promise.race([Bun.sleep(ms), aborted(over.signal)]);
      if (!over.signal.aborted) await act();
    }
  }

  /** On a slow machine services would only ever begin: mostly one that is up is hit, now and then one that begins. */
  async function killProcess(): Promise<void> {
    const victim = random.pick(stack.services);
    if (!(await victim.isReady()) && random.chance(0.8)) return;
    damage.processesKilled += 1;
    await victim.crash();
  }

  async function killBackends(): Promise<void> {
    for (const pool of Object.values(stack.pools)) {
      const backends = await pool<{ pid: number }[]>`
        select pid from pg_stat_activity where application_name like 'payflow-%'`;
      if (backends.length === 0) continue;
      const { pid } = random.pick(backends);
      await pool`select pg_terminate_backend(${pid})`;
      damage.backendsKilled += 1;
    }
  }

  async function stopKafka(): Promise<void> {
    const wipe = damage.kafkaWipes === 0 && progress() > 0.4;
    if (wipe || random.chance(0.5)) await stack.kafka.kill();
    else await stack.kafka.stop();
    damage.kafkaStops += 1;
    if (wipe) {
      await stack.kafka.wipe();
      damage.kafkaWipes += 1;
    }
    await Bun.sleep(kafkaDownMs);
    await stack.kafka.start();
    if (wipe) wipedUntil = new Date();
  }

  /** The wipe comes when its time has come, however short the storm. */
  let nextStopMs = performance.now() + kafkaStopsEveryMs / 2;
  async function maybeStopKafka(): Promise<void> {
    const wipeIsDue = damage.kafkaWipes === 0 && progress() > 0.4;
    if (!wipeIsDue && performance.now() < nextStopMs) return;
    await stopKafka();
    nextStopMs = performance.now() + kafkaStopsEveryMs;
  }

  const { sandboxUrl } = stack;
  await control(`${sandboxUrl}/_sandbox/faults`, "POST", tossFaults);
  const storms = [
    every(killEveryMs, killProcess),
    every(backendsEveryMs, killBackends),
    every(250, maybeStopKafka),
    every(webhooksEveryMs, () =>
      control(
        `${sandboxUrl}/_sandbox/webhooks`,
        "POST",
        random.pick(webhookFaults),
      ),
    ),
  ];

  return {
    damage,
    wipedUntil: () => wipedUntil,
    async clear() {
      over.abort();
      await Promise.all(storms);
      await control(`${sandboxUrl}/_sandbox/faults`, "DELETE");
      await control(`${sandboxUrl}/_sandbox/webhooks`, "POST", {});
      await Promise.all(stack.services.map((each) => each.untilReady()));
    },
  };
}

async function control(
  url: string,
  method: string,
  body?: unknown,
): Promise<void> {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(url, {
    ...{ method, headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok)
    throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
