import { backUp } from "@payflow/local-stack/testing";
import { barList, provenRun, untilProven, type Act } from "./acts.ts";
import type { ServiceName } from "./losses.ts";
import type { Random } from "./random.ts";
import { steadily } from "./steadily.ts";
import { tossTimeoutMs, type Lines, type StormStack } from "./storm_stack.ts";

/** How often what has gone wrong, for the progress line and the report. */
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
   * Injects faults until the act of `checkouts` is over: `progress` is how far it is, 0 to 1, `done` how many checkouts
   * are done in all.
   */
  inject(act: Act, options: { checkouts: number; progress(): number; done(): number }): Injection;
};

export type Injection = {
  /** Ends every fault but what the act bars, and resolves when all parts are up. */
  clear(): Promise<void>;
};

/**
 * At most so often, and never before this many checkouts are done since the last time: on a slow machine services would
 * only ever begin, and nothing would be put to the test.
 */
const pace = {
  killProcess: { everyMs: 2_000, checkouts: 20 },
  killBackends: { everyMs: 1_000, checkouts: 5 },
  cutLine: { everyMs: 3_000, checkouts: 30 },
  /** After those that the act has of its own. */
  big: { everyMs: 15_000, checkouts: 200, isFirstLate: true },
  webhooks: { everyMs: 1_000, checkouts: 5 },
};
/** The first of each kind comes by this share of an act, however few checkouts that is, and is waited for in such steps. */
const firstAt = 0.3;
const firstWithinMs = 50;
const kafkaDownMs = 3_000;
/** Longer than a relay's lease (15 s) and a consumer's session (10 s). */
const pauseMs = 17_000;
const betweenPausesMs = 15_000;
const lineDownMs = [1_000, 6_000] as const;

const share = 0.05;
/** What Toss does wrong, by rate: five of a hundred calls each. */
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

/** None is lost: each comes at last. */
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
    /** Called when no service reaches Kafka any more, just before its disk is lost. */
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

  /** Mostly one that is up is hit, now and then one that begins. */
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

  /** One replica loses its database, Kafka or Toss, all others keep theirs; or its connections fall silent. */
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

  /** A new run of the server: payment charges nobody before it has read Toss's list, so nothing bars it from that. */
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

  /** As the operator's handbook says: nothing runs on it meanwhile, and the server is another one than before. */
  async function putBack(service: ServiceName): Promise<void> {
    damage.databasesPutBack += 1;
    stack.databaseIsAway(120_000);
    const replicas = service === "order" ? stack.orders : stack.payments;
    await Promise.all(replicas.map((each) => each.hold()));
    const pool = stack.pools[service];
    // what a killed process had sent may still be carried out
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
  /** Also when the act is over meanwhile, up to the next that waits for it: it must have lost what it held. */
  async function pause(): Promise<void> {
    const victim = random.pick(stack.services);
    damage.processesPaused += 1;
    victim.pause();
    await Bun.sleep(pauseMs);
    victim.resume();
  }

  /**
   * Payment's events reach Kafka and no order hears them; then nobody reaches it, its topics are audited, and its disk
   * is lost.
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

      /** A fault of the faults is a fault of the test. */
      async function every(
        {
          everyMs,
          checkouts,
          isFirstLate = false,
        }: { everyMs: number; checkouts: number; isFirstLate?: boolean },
        work: () => Promise<unknown>,
      ): Promise<void> {
        // the first as soon as may be: an act that is short or fast sees each fault once
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

      /** What needs a whole server comes one after the other: the act's own first, each at its time, then any of them. */
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
      // seen when the act is cleared; until then it is not an unhandled one
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
