import { eventually } from "@payflow/local-stack/testing";
import { steadily } from "./steadily.ts";
import type { StormStack } from "./storm_stack.ts";

/**
 * A part of the storm. Events, webhooks and sweeps mend each other's losses, so that any of them could do nothing and
 * nobody would notice; in two of the acts some of them are barred, and the others must do alone.
 */
export type Act = {
  readonly name: string;
  /** The share of the checkouts that are made in it. */
  readonly share: number;
  /** The requests of both services' sweeps are refused, until everything has settled. */
  readonly barsSweeps: boolean;
  /** No webhook of Toss comes. */
  readonly dropsWebhooks: boolean;
  /** Some of them never come. */
  readonly losesWebhooks: boolean;
  /** Processes and the database's backends are killed. */
  readonly kills: boolean;
  /** One replica at a time loses its database, Kafka or Toss. */
  readonly cuts: boolean;
  /** One replica at a time is stopped for longer than its leases and sessions last. */
  readonly pauses: boolean;
  /** From this progress on nothing more is done to the parts. */
  readonly faultsUntil: number;
  /** What is done to whole servers, and at which progress of the act. */
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

/** Nothing is wiped and no webhook is lost: events and webhooks need no sweep. */
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

/** No webhook comes, no order hears an event, and then all events are lost. */
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

/** All at once. Kafka stops again, so that what was published after its disk was lost is put to the test too. */
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

/** A backup is taken and restored while shoppers pay: payment has forgotten what happened in between. */
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

/** Orders that were placed in between are lost; their money must be reported. */
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

/** With `putsBack` two more, which get half of the checkouts. */
export function actsOf({ putsBack }: { putsBack: boolean }): readonly Act[] {
  if (!putsBack) return usual;
  const halved = usual.map((act) => ({ ...act, share: act.share / 2 }));
  return [...halved, paymentPutBack, orderPutBack];
}

const sweepPaths = ["/internal/payments/compare", "/internal/payments/changed"];

/** Refuses every request of a sweep, or allows all of them again. */
export function barSweeps(stack: StormStack, isBarred: boolean): void {
  stack.back.bar(isBarred ? sweepPaths : []);
  barList(stack, isBarred);
}

export function barList(stack: StormStack, isBarred: boolean): void {
  const isList = (bytes: Buffer) => bytes.includes("GET /v1/transactions");
  for (const { toss } of stack.lines) toss?.bar(isBarred ? isList : undefined);
}

/** The run of the database server for which payment has read Toss's list; without one it reads the list at each confirm. */
export async function provenRun(stack: StormStack): Promise<string | undefined> {
  const { payment } = stack.pools;
  const [row] = await steadily(
    () => payment<{ incarnation: string }[]>`
      select incarnation from proven_database`,
  );
  return row?.incarnation;
}

/** Resolves when payment has read Toss's list in another run of the server than `before`. */
export async function untilProven(stack: StormStack, before?: string): Promise<void> {
  const isAnother = async () => {
    const run = await provenRun(stack);
    return run !== undefined && run !== before;
  };
  const what = "payment to read Toss's list";
  await eventually(isAnother, { timeoutMs: 60_000, what });
}
