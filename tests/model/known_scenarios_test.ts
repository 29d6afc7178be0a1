// Scenarios that once failed, and scenarios that random runs produce too rarely.
import { expect, test } from "bun:test";
import type { Command } from "./command.ts";
import { runScenario } from "./run_scenario.ts";
import type { Fate } from "./scheduler.ts";

const until = (fate: Fate, points = 1) => ({ points, fate });
const toTheEnd = until("ok", 20);
const first = { order: 0, tab: 0 };
const request = { order: 0, at: "order-0", to: "payment-0", isPatient: true } as const;

const pay = (change: Partial<Extract<Command, { do: "pay" }>> = {}): Command => ({
  do: "pay",
  tab: 0,
  method: "card",
  amount: 1000,
  until: toTheEnd,
  ...request,
  ...change,
});
const refund = (fate: Fate): Command => ({
  do: "refund",
  key: 0,
  amount: 400,
  taxFree: undefined,
  hasAccount: true,
  until: until(fate),
  ...request,
});
const work = (
  job: Extract<Command, { do: "work" }>["job"],
  change: Partial<Extract<Command, { do: "work" }>> = {},
): Command => ({
  do: "work",
  job,
  at: "payment-0",
  until: toTheEnd,
  ...change,
});
const wait = (seconds: number): Command => ({ do: "wait", seconds });
const webhook = (how: Extract<Command, { do: "webhook" }>["how"]): Command => ({
  do: "webhook",
  pick: 0,
  how,
});
const goOn: Command = { do: "go on", who: 0, until: toTheEnd };
const takesAnotherSum: Command = {
  do: "open",
  method: "card",
  amount: 900,
  takesAnyAmount: true,
  isAuthenticated: true,
  ...first,
};
/** The order is cancelled, then the deposit arrives: its return waits for the shopper's account. */
const lateDeposit: readonly Command[] = [
  pay({ method: "account", until: until("ok", 3) }),
  { do: "cancel", ...request, until: toTheEnd },
  { do: "deposit", ...first, hasWebhook: true },
  goOn,
  webhook("comes"),
  webhook("comes"),
  work("webhooks"),
];

type Ending = { readonly status: string; readonly refundedAmount?: number };

const scenarios: [string, readonly Command[], Ending][] = [
  ["a card is paid", [pay()], { status: "CONFIRMED" }],
  [
    "an approval of a wrong amount is voided, and the order can be paid again",
    [takesAnotherSum, pay(), pay({ tab: 1 })],
    { status: "CONFIRMED" },
  ],
  [
    "a confirm that arrives after a query showed another amount is not declined before",
    [
      takesAnotherSum,
      pay({ isPatient: false, until: until("late", 1) }),
      { do: "wait", seconds: 200 },
      { do: "work", job: "reconciler", at: "payment-0", until: until("ok", 20) },
    ],
    { status: "EXPIRED" },
  ],
  [
    "a second payment is not charged while an approval of a wrong amount is being voided",
    [takesAnotherSum, pay({ until: until("lost_before", 6) }), pay({ tab: 1 })],
    { status: "EXPIRED" },
  ],
  [
    "a virtual account without a deposit expires, and stays expired",
    [
      pay({ method: "account" }),
      wait(86_400),
      work("reconciler"),
      webhook("comes"),
      webhook("comes"),
      work("webhooks"),
    ],
    { status: "EXPIRED" },
  ],
  [
    "a reversed deposit is found without a webhook",
    [
      pay({ method: "account" }),
      webhook("comes"),
      wait(3_700),
      { do: "deposit", ...first, hasWebhook: true },
      webhook("comes"),
      work("webhooks"),
      { do: "revert", ...first, hasWebhook: false },
    ],
    { status: "EXPIRED" },
  ],
  [
    "a refund in Toss's console is found after a long outage of the payment service",
    [
      pay(),
      webhook("is lost"),
      wait(1_900),
      work("reconciler"),
      { do: "console refund", ...first, amount: 400, hasWebhook: false },
      wait(1_900),
    ],
    { status: "PARTIALLY_REFUNDED", refundedAmount: 400 },
  ],
  [
    "the order follows a refund after Kafka lost its event and the order service was down for long",
    [
      { do: "publish", from: "order", isMarked: true },
      {
        do: "take",
        what: "OrderCreated",
        at: "payment-0",
        pick: 0,
        isDouble: false,
        until: toTheEnd,
      },
      pay(),
      webhook("is lost"),
      wait(1_900),
      work("reconciler"),
      { do: "console refund", ...first, amount: 400, hasWebhook: true },
      webhook("comes"),
      work("webhooks"),
      { do: "wipe Kafka" },
      wait(1_900),
    ],
    { status: "PARTIALLY_REFUNDED", refundedAmount: 400 },
  ],
  [
    "a refund is made once when its call reaches Toss late",
    [
      pay(),
      refund("late"),
      wait(95),
      work("reconciler"),
      { do: "straggler", pick: 0, arrives: true },
    ],
    { status: "PARTIALLY_REFUNDED", refundedAmount: 400 },
  ],
  [
    "a refund is made once when Toss rejects the retry while the first call is still open",
    [
      pay(),
      refund("late"),
      goOn,
      wait(16),
      work("reconciler", { until: until("error_before", 1) }),
      goOn,
      wait(31),
      work("reconciler", { until: until("decline", 1) }),
      goOn,
      { do: "straggler", pick: 0, arrives: true },
    ],
    { status: "PARTIALLY_REFUNDED", refundedAmount: 400 },
  ],
  [
    "a refund is made once when its late retry is still open and Toss rejects the next retry",
    [
      pay(),
      webhook("comes"),
      work("webhooks"),
      wait(700),
      work("reconciler"),
      refund("late"),
      goOn,
      { do: "straggler", pick: 0, arrives: false },
      wait(700),
      work("reconciler", { until: until("late") }),
      goOn,
      wait(16),
      work("reconciler", { until: until("error_before") }),
      goOn,
      wait(31),
      work("reconciler", { until: until("decline") }),
      goOn,
      wait(31),
      work("reconciler"),
      goOn,
      { do: "straggler", pick: 0, arrives: true },
    ],
    { status: "PARTIALLY_REFUNDED", refundedAmount: 400 },
  ],
  [
    "a stale response in a delayed process overwrites nothing",
    [
      pay({ method: "account" }),
      webhook("comes"),
      wait(3_700),
      work("webhooks"),
      work("reconciler"),
      { do: "deposit", ...first, hasWebhook: true },
      webhook("comes"),
      work("webhooks", { until: until("ok", 1) }),
      { do: "revert", ...first, hasWebhook: true },
      webhook("comes"),
      work("webhooks", { at: "payment-1" }),
    ],
    { status: "EXPIRED" },
  ],
  [
    "a reversed deposit for a cancelled order needs no refund account, and its virtual account is closed",
    [
      pay({ method: "account", until: until("ok", 3) }),
      { do: "cancel", ...request, until: toTheEnd },
      { do: "deposit", ...first, hasWebhook: false },
      goOn,
      { do: "revert", ...first, hasWebhook: false },
      webhook("is lost"),
    ],
    { status: "CANCELED" },
  ],
  [
    "partial refunds of a deposit go to their accounts, and each one publishes an event",
    [
      pay({ method: "account" }),
      webhook("comes"),
      work("webhooks"),
      { do: "deposit", ...first, hasWebhook: true },
      webhook("comes"),
      work("webhooks"),
      { ...refund("ok"), until: toTheEnd } as Command,
      { ...refund("ok"), key: 1, amount: 600, until: toTheEnd } as Command,
    ],
    { status: "REFUNDED", refundedAmount: 1000 },
  ],
  [
    "each partial refund of a card publishes an event",
    [
      pay(),
      { ...refund("ok"), amount: 100, until: toTheEnd } as Command,
      { ...refund("ok"), key: 1, amount: 200, until: toTheEnd } as Command,
    ],
    { status: "PARTIALLY_REFUNDED", refundedAmount: 300 },
  ],
  [
    "a late deposit is returned to the account that the shopper provides",
    [...lateDeposit, { do: "name account", ...request, until: toTheEnd }],
    { status: "CANCELED" },
  ],
  [
    "a late deposit is returned to the account that the merchant provides with a refund",
    [...lateDeposit, { ...refund("ok"), amount: undefined, until: toTheEnd } as Command],
    { status: "CANCELED" },
  ],
  [
    "a late deposit is returned to the next account when Toss refuses the return to the merchant's",
    [
      ...lateDeposit,
      { ...refund("decline"), amount: undefined, until: until("decline", 2) } as Command,
      { do: "name account", ...request, until: toTheEnd },
    ],
    { status: "CANCELED" },
  ],
  [
    "a merchant's return of a late deposit that the bank has taken back is refused",
    [
      pay({ method: "account", until: until("crash_before", 5) }),
      { do: "deposit", order: 0, tab: 0, hasWebhook: false },
      { do: "cancel", ...request, until: until("crash_before", 6) },
      { do: "outage", seconds: 86_400 },
      work("reconciler"),
      { do: "revert", ...first, hasWebhook: false },
      { ...refund("ok"), amount: undefined, until: toTheEnd } as Command,
    ],
    { status: "CANCELED" },
  ],
  [
    "a webhook alone makes the order follow a refund in Toss's console",
    [
      pay(),
      webhook("comes"),
      work("webhooks"),
      wait(700),
      work("reconciler"),
      wait(60),
      { do: "console refund", ...first, amount: 400, hasWebhook: true },
      webhook("comes"),
      work("webhooks"),
    ],
    { status: "PARTIALLY_REFUNDED", refundedAmount: 400 },
  ],
  [
    "a payment that Toss approved before a one-day outage shows one minute after the outage",
    [pay({ until: until("lost_after", 3) }), { do: "outage", seconds: 86_400 }],
    { status: "CONFIRMED" },
  ],
  [
    "an approval that Toss reports as declined, and once as unknown, still pays the order",
    [
      pay({ isPatient: false, until: until("lie") }),
      { do: "outage", seconds: 1_900 },
      work("transactions", { until: until("missing") }),
    ],
    { status: "CONFIRMED" },
  ],
  [
    "an order that is cancelled during a confirm is closed, and its approval is voided",
    [pay({ until: until("ok", 2) }), { do: "cancel", ...request, until: toTheEnd }],
    { status: "CANCELED" },
  ],
];

for (const [hasSweeps, cancelsOverdue] of [
  [true, true],
  [false, true],
  [true, false],
] as const) {
  // without sweeps, perform() loses no webhook and no event, because nothing else would find the change
  test.each(scenarios)(
    `%s (${hasSweeps ? "with" : "without"} sweeps${cancelsOverdue ? "" : ", Toss rejects cancels of overdue accounts"})`,
    async (_, commands, ending) => {
      const world = await runScenario({
        keepsServerErrors: false,
        cancelsOverdue,
        hasSweeps,
        commands,
      });
      const [order] = [...world.orders.rows.values()];
      expect(order).toMatchObject(ending);
    },
  );
}
