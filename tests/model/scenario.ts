// Random scenarios by fast-check. Any list of commands is valid, so a failing scenario shrinks to few commands.
import fc from "fast-check";
import type { Command, OrderReplica, PaymentReplica } from "./command.ts";
import type { Fate, Replica, Until } from "./scheduler.ts";

export type Scenario = {
  /** Whether Toss stores a 5xx response under its idempotency key; its documents don't say. */
  readonly keepsServerErrors: boolean;
  /** Whether Toss cancels an overdue virtual account; its documents don't say. */
  readonly cancelsOverdue: boolean;
  /** Without sweeps no webhook or event gets lost: events, webhooks and the reconciler must be enough. */
  readonly hasSweeps: boolean;
  readonly commands: readonly Command[];
};

const fates: readonly Fate[] = [
  ...([
    "crash_before",
    "crash_after",
    "lost_before",
    "lost_after",
    "late",
    "stale",
    "missing",
  ] as const),
  ...([
    "error_before",
    "error_after",
    "provider_before",
    "provider_after",
    "busy",
    "decline",
    "decline",
    "decline",
    "lie",
    "wrong_key",
  ] as const),
];
/** Mostly to the end, or to the first point where the fate applies: faults there matter most. */
const until: fc.Arbitrary<Until> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      points: fc.constantFrom(20, 20, 1, 2, 3, 4, 5, 8),
      fate: fc.constant<Fate>("ok"),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      points: fc.constantFrom(1, 1, 2, 3, 4, 5, 6),
      fate: fc.constantFrom(...fates),
    }),
  },
);
const atOrder = fc.constantFrom<OrderReplica>("order-0", "order-1");
const atPayment = fc.constantFrom<PaymentReplica>("payment-0", "payment-1");
const anyReplica = fc.constantFrom<Replica>("payment-0", "payment-1", "order-0", "order-1");
const isTrue = fc.boolean();
const rarely = fc.nat(19).map((number) => number === 19);
/** Mostly one order, because defects show within one order. */
const order = rarely.map(Number);
const tab = fc.constantFrom(0, 0, 1, 2);
const pick = fc.nat(3);
const method = fc.constantFrom<"card" | "account">("card", "card", "account");
const request = { at: atOrder, to: atPayment, isPatient: isTrue, until };
const seconds = fc.constantFrom(
  1,
  6,
  16,
  31,
  66,
  95,
  200,
  301,
  400,
  620,
  700,
  1_900,
  2_800,
  3_700,
  86_400,
  605_200,
);
const constant = <const T>(value: T) => fc.constant(value);

const pay = fc.record({
  do: constant("pay"),
  order,
  tab,
  method,
  amount: rarely.map((isWrong) => (isWrong ? 900 : 1000)),
  ...request,
});

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 16, arbitrary: pay },
  { weight: 8, arbitrary: fc.record({ do: constant("go on"), who: pick, until }) },
  { weight: 5, arbitrary: fc.record({ do: constant("wait"), seconds }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: constant("outage"), seconds: fc.constantFrom(95, 1_900, 86_400) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: constant("work"),
      job: fc.constantFrom("reconciler", "reconciler", "webhooks", "transactions"),
      at: atPayment,
      until,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("cancel", "cancel", "cancel", "name account"),
      order,
      ...request,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: constant("refund"),
      order,
      key: fc.nat(1),
      amount: fc.constantFrom(undefined, 400, 600, 1000, 1200),
      taxFree: fc.constantFrom(undefined, undefined, 0, 300),
      hasAccount: isTrue,
      ...request,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: constant("deposit"), order, tab, hasWebhook: isTrue }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: constant("revert"), order, tab, hasWebhook: isTrue }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: constant("payout"),
      order,
      tab,
      payout: fc.constantFrom("FAILED", "FAILED", "PARTIAL_FAILED", "PENDING", null),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: constant("dismiss"), order, at: atPayment, until }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: constant("console refund"),
      order,
      tab,
      amount: fc.constantFrom(undefined, 400, 1000),
      hasWebhook: isTrue,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: constant("open"),
      order,
      tab,
      method,
      amount: fc.constantFrom(1000, 900),
      takesAnyAmount: isTrue,
      isAuthenticated: isTrue,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: constant("place"), order, at: atOrder, until }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: constant("publish"),
      from: fc.constantFrom("order", "payment"),
      isMarked: isTrue,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: constant("take"),
      what: constant("OrderCreated"),
      at: atPayment,
      pick,
      isDouble: isTrue,
      until,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: constant("take"),
      what: constant("payment events"),
      at: atOrder,
      pick,
      isDouble: isTrue,
      until,
    }),
  },
  { weight: 1, arbitrary: constant({ do: "wipe Kafka" }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: constant("webhook"),
      pick,
      how: fc.constantFrom("comes", "comes", "is lost", "comes and will again"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: constant("sweep"),
      job: fc.constantFrom("unsettled", "changes"),
      at: atOrder,
      until,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: constant("crash"), at: anyReplica }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: constant("straggler"), pick, arrives: isTrue }),
  },
);

const begin: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: pay },
  { weight: 1, arbitrary: command },
);
const commands = (maxLength: number) =>
  fc
    .tuple(begin, fc.array(command, { maxLength, size: "max" }))
    .map(([first, rest]) => [first, ...rest]);

/** Nine short scenarios, which are fast, for each long one, which reaches more states. */
export const scenario: fc.Arbitrary<Scenario> = fc.noBias(
  fc.record({
    keepsServerErrors: isTrue,
    cancelsOverdue: isTrue,
    hasSweeps: isTrue,
    commands: fc.oneof(
      { weight: 9, arbitrary: commands(8) },
      { weight: 1, arbitrary: commands(40) },
    ),
  }),
);
