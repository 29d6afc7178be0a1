import { backUp } from "@payflow/local-stack/testing";
import { barList, provenRun, untilProven, type Act } from "./acts.ts";
import type { ServiceName } from "./losses.ts";
import type { Random } from "./random.ts";
import { steadily } from "./steadily.ts";
import { tossTimeoutMs, type Lines, type StormStack } from "./storm_stack.ts";

/** Counts of injected faults, for the progress line and the report. */
export type Damage = {
  processesKilled: number;
  processesPaused: number;
  allKilled: number;
  backendsKilled: number;
  postgresKilled: number;
  linesCut: number;
  kafkaStops: number;
  kafkaWipes: number;
  databasesPutBack: number;
};

export type FaultSchedule = {
  readonly damage: Damage;
  /**
   * Injects faults until the act is over. `checkouts`: those of the act; `progress`: its progress, 0 to 1; `done`: the
   * number of finished checkouts of the whole storm.
   */
  inject(act: Act, options: { checkouts: number; progress(): number; done(): number }): Injection;
};

export type Injection = {
  /** Ends every fault except the act's blocked mechanisms, and resolves when all parts are up. */
  clear(): Promise<void>;
};

/**
 * The least time and number of checkouts between two faults of a kind. Without the checkouts, services on a slow machine
 * would restart all the time, and nothing else would be tested.
 */
const pace = {
  killProcess: { everyMs: 2_000, checkouts: 20 },
  killBackends: { everyMs: 1_000, checkouts: 5 },
  cutLine: { everyMs: 3_000, checkouts: 30 },
  /** After the act's own server faults. */
  big: { everyMs: 15_000, checkouts: 200, isFirstLate: true },
  webhooks: { everyMs: 1_000, checkouts: 5 },
};
/** The first fault of each kind comes at this share of an act at the latest; `firstWithinMs` is its poll interval. */
const firstAt = 0.3;
const firstWithinMs = 50;
const kafkaDownMs = 3_000;
/** Longer than a relay's lease (15 s) and a Kafka consumer's session (10 s). */
const pauseMs = 17_000;
const betweenPausesMs = 15_000;
const lineDownMs = [1_000, 6_000] as const;

const share = 0.05;
/** Toss's faults: at most 5% of the calls for each. */
const tossFaults = [
  ...["confirm", "cancel"].flatMap((operation) => [
    { operation, fault: "lose_response", rate: share },
    { operation, fault: "error_after", rate: share },
    { operation, fault: "error_before", rate: share / 2 },
    { operation, fault: "error_before", rate: share / 2, code: "PROVIDER_ERROR" },
    { operation, fault: "delay", delayMs: tossTimeoutMs + 1_000, rate: share },
  ]),
  { operation: "find", fault: "stale", rate: share },
  { operation: "find", fault: "not_found", rate: share / 2 },
  { operation: "find", fault: "error_before", rate: share / 2 },
  { operation: "find", fault: "lose_response", rate: share / 2 },
];

/** Delays, duplicates and reorderings; every webhook arrives in the end. */
const webhookFaults = [
  {},
  { duplicate: 2, rate: 0.5 },
  { reorder: true, rate: 0.5 },
  { delayMs: 3_000, rate: 0.5 },
  { duplicate: 1, reorder: true, rate: 1 },
];
const webhookLosses = [
  { drop: true, rate: 0.5 },
  { drop: true, rate: 1 },
];

export function openFaultSchedule(
  stack: StormStack,
  options: {
    readonly random: Random;
    /** Called just before Kafka's disk is wiped, when no service reaches Kafka. */
    readonly beforeWipe: () => Promise<void>;
  },
): FaultSchedule {
  const { random } = options;
  const damage: Damage = {
    processesKilled: 0,
    processesPaused: 0,
    allKilled: 0,
    backendsKilled: 0,
    postgresKilled: 0,
    linesCut: 0,
    kafkaStops: 0,
    kafkaWipes: 0,
    databasesPutBack: 0,
  };

  /** Mostly kills a process that is ready; one of five times also a process that is starting. */
  async function killProcess(): Promise<void> {
    const victim = random.pick(stack.services);
    const isSpared = damage.processesKilled > 0 && random.chance(0.8);
    if (isSpared && !(await victim.isReady())) return;
    damage.processesKilled += 1;
    await victim.crash();
  }

  async function killBackends(): Promise<void> {
    for (const pool of Object.values(stack.pools)) {
      const backends = await steadily(
        () => pool<{ pid: number }[]>`
          select pid from pg_stat_activity where application_name like 'payflow-%'`,
      );
      if (backends.length === 0) continue;
      const { pid } = random.pick(backends);
      await steadily(() => pool`select pg_terminate_backend(${pid})`);
      damage.backendsKilled += 1;
    }
  }

  /** Cuts one replica's connections to its database, Kafka or Toss, or freezes them (30%). */
  async function cutLine(): Promise<void> {
    const line = random.pick(stack.lines);
    const kinds = ["database", "kafka", "toss"] as const;
    const kind = random.pick(kinds.filter((each) => line[each]));
    const wire = line[kind];
    if (wire === undefined) return;
    damage.linesCut += 1;
    if (random.chance(0.3)) {
      wire.freeze();
      return;
    }
    const downMs = random.whole(...lineDownMs);
    if (kind === "database") stack.databaseIsAway(downMs + 2_000);
    await wire.down();
    await Bun.sleep(downMs);
    await wire.up();
  }

  async function stopKafka(isCrash = random.chance(0.5)): Promise<void> {
    damage.kafkaStops += 1;
    await (isCrash ? stack.kafka.kill() : stack.kafka.stop());
    await Bun.sleep(kafkaDownMs);
    await stack.kafka.start();
  }

  /** A new run of the database server: payment must read Toss's list before it charges, so the list is unblocked. */
  async function withNewRun(act: Act, work: () => Promise<void>): Promise<void> {
    const before = await provenRun(stack);
    barList(stack, false);
    await work();
    await untilProven(stack, before);
    barList(stack, act.barsSweeps);
  }

  async function killPostgres(): Promise<void> {
    damage.postgresKilled += 1;
    stack.databaseIsAway(120_000);
    await stack.server.kill();
    await stack.server.start();
    stack.databaseIsAway(2_000);
  }

  async function killEverything(): Promise<void> {
    damage.allKilled += 1;
    stack.databaseIsAway(120_000);
    await Promise.all([
      stack.server.kill(),
      stack.kafka.kill(),
      ...stack.services.map((each) => each.crash()),
    ]);
    await Promise.all([stack.server.start(), stack.kafka.start()]);
    stack.databaseIsAway(2_000);
  }

  const backups = new Map<ServiceName, Awaited<ReturnType<typeof backUp>>>();
  async function backUpOf(service: ServiceName): Promise<void> {
    backups.set(service, await backUp(stack.databases[service]));
  }

  /** As docs/operating.md describes it: the service is stopped, and the database server restarts afterwards. */
  async function putBack(service: ServiceName): Promise<void> {
    damage.databasesPutBack += 1;
    stack.databaseIsAway(120_000);
    const replicas = service === "order" ? stack.orders : stack.payments;
    await Promise.all(replicas.map((each) => each.hold()));
    const pool = stack.pools[service];
    // a statement of a killed process may still be running
    await steadily(
      () => pool`
        select pg_terminate_backend(pid, 30000) from pg_stat_activity
        where datname = current_database() and application_name like 'payflow-%'`,
    );
    await stack.losses.record(service, pool, async () => {
      await backups.get(service)?.putBack();
    });
    await stack.server.kill();
    await stack.server.start();
    for (const each of replicas) each.release();
    stack.databaseIsAway(2_000);
  }

  let pausing: Promise<void> | undefined;
  /** May outlast the act, so that the replica loses its leases and sessions; the next `clear` of a killing act waits. */
  async function pause(): Promise<void> {
    const victim = random.pick(stack.services);
    damage.processesPaused += 1;
    victim.pause();
    await Bun.sleep(pauseMs);
    victim.resume();
  }

  /**
   * First only order loses Kafka, so payment's events are published but not consumed. Then payment loses Kafka too, the
   * topics are audited, and Kafka's disk is wiped.
   */
  async function wipeKafka(progress: () => number): Promise<void> {
    const kafkaOf = ({ kafka }: Lines) => kafka;
    const [ofOrders, ofPayments] = [
      stack.lines.filter(({ name }) => name.startsWith("order")).map(kafkaOf),
      stack.lines.filter(({ name }) => name.startsWith("payment")).map(kafkaOf),
    ];
    for (const line of ofOrders) await line.down();
    while (progress() < 0.7) await Bun.sleep(100);
    for (const line of ofPayments) await line.down();
    await options.beforeWipe();
    damage.kafkaWipes += 1;
    damage.kafkaStops += 1;
    await stack.kafka.kill();
    await stack.kafka.wipe();
    await stack.kafka.start();
    for (const line of [...ofOrders, ...ofPayments]) await line.up();
  }

  const { sandboxUrl } = stack;
  return {
    damage,
    inject(act, { checkouts: all, progress, done }) {
      const over = new AbortController();
      const { signal } = over;
      const isOver = () => signal.aborted || progress() >= act.faultsUntil;

      /** Runs `work` at the given pace; an error of `work` fails the test. */
      async function every(
        {
          everyMs,
          checkouts,
          isFirstLate = false,
        }: { everyMs: number; checkouts: number; isFirstLate?: boolean },
        work: () => Promise<unknown>,
      ): Promise<void> {
        // the first fault comes early, so that a short act gets each fault once
        let [wanted, waitMs] = isFirstLate
          ? [checkouts, everyMs]
          : [Math.min(checkouts, Math.ceil(all * firstAt)), firstWithinMs];
        for (let doneThen = done(); ;) {
          await Promise.race([Bun.sleep(waitMs), aborted(signal)]);
          if (isOver()) return;
          if (done() - doneThen < wanted) continue;
          doneThen = done();
          await work();
          [wanted, waitMs] = [checkouts, everyMs];
        }
      }

      /** Server faults, one at a time: first those of the act at their progress, then random ones. */
      async function bigOnes(): Promise<void> {
        const works = {
          stopKafka: () => stopKafka(),
          crashKafka: () => stopKafka(true),
          killPostgres: () => withNewRun(act, killPostgres),
          killEverything: () => withNewRun(act, killEverything),
          wipeKafka: () => wipeKafka(progress),
          backUpPayment: () => backUpOf("payment"),
          putBackPayment: () => putBack("payment"),
          backUpOrder: () => backUpOf("order"),
          putBackOrder: () => putBack("order"),
        };
        for (const [at, name] of act.big) {
          while (progress() < at && !signal.aborted) await Bun.sleep(50);
          await works[name]();
        }
        if (act.big.length === 0) return;
        await every(pace.big, () =>
          works[random.pick(["stopKafka", "killPostgres", "killEverything"] as const)](),
        );
      }

      if (act.pauses) pausing ??= pause();

      async function pauses(): Promise<void> {
        while (act.pauses && act.kills && !isOver()) {
          await pausing;
          await Promise.race([Bun.sleep(betweenPausesMs), aborted(signal)]);
          if (!isOver()) pausing = pause();
        }
      }

      const losses = act.losesWebhooks ? webhookLosses : [];
      const injections = [
        control(`${sandboxUrl}/_sandbox/faults`, "POST", tossFaults),
        bigOnes(),
        pauses(),
        ...(act.kills ? [every(pace.killProcess, killProcess)] : []),
        ...(act.kills ? [every(pace.killBackends, killBackends)] : []),
        ...(act.cuts ? [every(pace.cutLine, cutLine)] : []),
        act.dropsWebhooks
          ? setWebhooks({ drop: true })
          : every(pace.webhooks, () => setWebhooks(random.pick([...webhookFaults, ...losses]))),
      ];
      // clear() awaits the injections and throws their errors; until then a rejection must count as handled
      for (const injection of injections) injection.catch(() => {});
      return {
        async clear() {
          over.abort();
          await Promise.all(injections);
          await control(`${sandboxUrl}/_sandbox/faults`, "DELETE");
          if (!act.dropsWebhooks) await setWebhooks({});
          if (act.kills) await pausing;
          const awake = stack.services.filter((each) => !each.isPaused());
          await Promise.all(awake.map((each) => each.untilReady()));
        },
      };
    },
  };

  function setWebhooks(switches: unknown): Promise<void> {
    return control(`${sandboxUrl}/_sandbox/webhooks`, "POST", switches);
  }
}

export async function control(url: string, method: string, body?: unknown): Promise<void> {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(url, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
