import { eventually } from "@payflow/local-stack/testing";
import { steadily } from "./steadily.ts";
import type { StormStack } from "./storm_stack.ts";

/**
 * A part of the storm. Events, webhooks and sweeps repair each other's losses, so a broken one would stay hidden. Two
 * acts therefore block some of them, and the others must be enough.
 */
export type Act = {
  readonly name: string;
  /** The act's share of all checkouts. */
  readonly share: number;
  /** Requests of both services' sweeps fail until everything has settled. */
  readonly barsSweeps: boolean;
  /** No webhook of Toss arrives. */
  readonly dropsWebhooks: boolean;
  /** Some webhooks of Toss never arrive. */
  readonly losesWebhooks: boolean;
  /** Processes and database backends are killed. */
  readonly kills: boolean;
  /** One replica at a time loses its connection to the database, Kafka or Toss. */
  readonly cuts: boolean;
  /** One replica at a time is paused for longer than its leases and Kafka sessions last. */
  readonly pauses: boolean;
  /** No more faults are injected after this progress, 0 to 1. */
  readonly faultsUntil: number;
  /** Faults of whole servers, each at a progress of the act, 0 to 1. */
  readonly big: readonly (readonly [at: number, name: BigOne])[];
};

export type BigOne =
  | "stopKafka"
  | "crashKafka"
  | "killPostgres"
  | "killEverything"
  | "wipeKafka"
  | "backUpPayment"
  | "putBackPayment"
  | "backUpOrder"
  | "putBackOrder";

/** No event and no webhook gets lost, so no sweep is needed. */
const withoutSweeps: Act = {
  name: "without sweeps",
  share: 0.4,
  barsSweeps: true,
  dropsWebhooks: false,
  losesWebhooks: false,
  kills: true,
  cuts: true,
  pauses: false,
  faultsUntil: 1,
  big: [
    [0.2, "crashKafka"],
    [0.5, "killPostgres"],
  ],
};

/** No webhook arrives, order receives no event, and then Kafka's disk is lost. */
const bySweepsAlone: Act = {
  name: "by sweeps alone",
  share: 0.25,
  barsSweeps: false,
  dropsWebhooks: true,
  losesWebhooks: true,
  kills: false,
  cuts: false,
  pauses: true,
  faultsUntil: 1,
  big: [[0, "wipeKafka"]],
};

/** All faults together. Kafka crashes again, so that events published after the loss of its disk are tested too. */
const everything: Act = {
  name: "everything at once",
  share: 0.35,
  barsSweeps: false,
  dropsWebhooks: false,
  losesWebhooks: true,
  kills: true,
  cuts: true,
  pauses: true,
  faultsUntil: 1,
  big: [
    [0.1, "crashKafka"],
    [0.4, "killEverything"],
  ],
};

/** A backup is taken and restored while shoppers pay; payment loses the changes in between. */
const paymentPutBack: Act = {
  ...everything,
  name: "payment's database restored",
  share: 0.25,
  pauses: false,
  big: [
    [0.1, "backUpPayment"],
    [0.5, "putBackPayment"],
  ],
};

/** Orders placed between the backup and the restore are lost; their money must be reported. */
const orderPutBack: Act = {
  ...everything,
  name: "order's database restored",
  share: 0.25,
  pauses: false,
  big: [
    [0.3, "backUpOrder"],
    [0.5, "putBackOrder"],
  ],
};

const usual: readonly Act[] = [withoutSweeps, bySweepsAlone, everything];

/** With `putsBack` two more acts, which get half of the checkouts. */
export function actsOf({ putsBack }: { putsBack: boolean }): readonly Act[] {
  if (!putsBack) return usual;
  const halved = usual.map((act) => ({ ...act, share: act.share / 2 }));
  return [...halved, paymentPutBack, orderPutBack];
}

const sweepPaths = ["/internal/payments/compare", "/internal/payments/changed"];

/** Blocks every request of a sweep, or allows all of them again. */
export function barSweeps(stack: StormStack, isBarred: boolean): void {
  stack.back.bar(isBarred ? sweepPaths : []);
  barList(stack, isBarred);
}

export function barList(stack: StormStack, isBarred: boolean): void {
  const isList = (bytes: Buffer) => bytes.includes("GET /v1/transactions");
  for (const { toss } of stack.lines) toss?.bar(isBarred ? isList : undefined);
}

/** The run of the database server for which payment has read Toss's list; undefined before it was ever read. */
export async function provenRun(stack: StormStack): Promise<string | undefined> {
  const { payment } = stack.pools;
  const [row] = await steadily(
    () => payment<{ incarnation: string }[]>`
      select incarnation from proven_database`,
  );
  return row?.incarnation;
}

/** Resolves when payment has read Toss's list in a server run other than `before`. */
export async function untilProven(stack: StormStack, before?: string): Promise<void> {
  const isAnother = async () => {
    const run = await provenRun(stack);
    return run !== undefined && run !== before;
  };
  const what = "payment to read Toss's list";
  await eventually(isAnother, { timeoutMs: 60_000, what });
}
