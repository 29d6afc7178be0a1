// Scenarios that once went wrong, or that are too rare for chance to bring up in every run.
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
/** An order that waits for the account to which a deposit goes back. */
const lateDeposit: readonly Command[] = [
  pay({ method: "account", until: until("ok", 3) }),
  { do: "cancel", ...request, until: toTheEnd },
  { do: "deposit", ...first, isTold: true },
  goOn,
  webhook("comes"),
  webhook("comes"),
  work("webhooks"),
];

type Ending = { readonly status: string; readonly refundedAmount?: number };

const scenarios: [string, readonly Command[], Ending][] = [
  ["a card is paid", [pay()], { status: "CONFIRMED" }],
  [
    "an approval of a wrong sum goes back, and the order can be paid",
    [takesAnotherSum, pay(), pay({ tab: 1 })],
    { status: "CONFIRMED" },
  ],
  [
    "nobody is charged while a wrong sum is on its way back",
    [takesAnotherSum, pay({ until: until("lost_before", 6) }), pay({ tab: 1 })],
    { status: "EXPIRED" },
  ],
  [
    "an account that nobody paid into expires, and stays expired",
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
    "a deposit that the bank takes back is found without a webhook",
    [
      pay({ method: "account" }),
      webhook("comes"),
      wait(3_700),
      { do: "deposit", ...first, isTold: true },
      webhook("comes"),
      work("webhooks"),
      { do: "revert", ...first, isTold: false },
    ],
    { status: "EXPIRED" },
  ],
  [
    "a refund made by hand while payment was down for long is found",
    [
      pay(),
      webhook("is lost"),
      wait(1_900),
      work("reconciler"),
      { do: "console refund", ...first, amount: 400, isTold: false },
      wait(1_900),
    ],
    { status: "PARTIALLY_REFUNDED", refundedAmount: 400 },
  ],
  [
    "a refund is followed though Kafka lost its event and order was down for long",
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
      { do: "console refund", ...first, amount: 400, isTold: true },
      webhook("comes"),
      work("webhooks"),
      { do: "wipe Kafka" },
      wait(1_900),
    ],
    { status: "PARTIALLY_REFUNDED", refundedAmount: 400 },
  ],
  [
    "a refund whose call comes through late is made once",
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
    "a refund that is refused when it is sent again, while the first call is still under way, is made once",
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
    "a refund that is sent again late, and refused while that call is under way, is made once",
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
    "an old picture that another process holds back overwrites nothing",
    [
      pay({ method: "account" }),
      webhook("comes"),
      wait(3_700),
      work("webhooks"),
      work("reconciler"),
      { do: "deposit", ...first, isTold: true },
      webhook("comes"),
      work("webhooks", { until: until("ok", 1) }),
      { do: "revert", ...first, isTold: true },
      webhook("comes"),
      work("webhooks", { at: "payment-1" }),
    ],
    { status: "EXPIRED" },
  ],
  [
    "a deposit for a cancelled order that the bank takes back waits for no account, and nobody can pay in again",
    [
      pay({ method: "account", until: until("ok", 3) }),
      { do: "cancel", ...request, until: toTheEnd },
      { do: "deposit", ...first, isTold: false },
      goOn,
      { do: "revert", ...first, isTold: false },
      webhook("is lost"),
    ],
    { status: "CANCELED" },
  ],
  [
    "a deposit goes back to the accounts that its refunds name, and each part is told",
    [
      pay({ method: "account" }),
      webhook("comes"),
      work("webhooks"),
      { do: "deposit", ...first, isTold: true },
      webhook("comes"),
      work("webhooks"),
      { ...refund("ok"), until: toTheEnd } as Command,
      { ...refund("ok"), key: 1, amount: 600, until: toTheEnd } as Command,
    ],
    { status: "REFUNDED", refundedAmount: 1000 },
  ],
  [
    "parts that go back of a card are each told",
    [
      pay(),
      { ...refund("ok"), amount: 100, until: toTheEnd } as Command,
      { ...refund("ok"), key: 1, amount: 200, until: toTheEnd } as Command,
    ],
    { status: "PARTIALLY_REFUNDED", refundedAmount: 300 },
  ],
  [
    "a deposit that came too late goes back to the account that the shopper names",
    [...lateDeposit, { do: "name account", ...request, until: toTheEnd }],
    { status: "CANCELED" },
  ],
  [
    "a deposit that came too late goes back to the account that the merchant names with a refund",
    [...lateDeposit, { ...refund("ok"), amount: undefined, until: toTheEnd } as Command],
    { status: "CANCELED" },
  ],
  [
    "a refund by hand is followed by its webhook alone, when nothing else is due",
    [
      pay(),
      webhook("comes"),
      work("webhooks"),
      wait(700),
      work("reconciler"),
      wait(60),
      { do: "console refund", ...first, amount: 400, isTold: true },
      webhook("comes"),
      work("webhooks"),
    ],
    { status: "PARTIALLY_REFUNDED", refundedAmount: 400 },
  ],
  [
    "what Toss ended during an outage of a day shows a minute after it",
    [pay({ until: until("lost_after", 3) }), { do: "outage", seconds: 86_400 }],
    { status: "CONFIRMED" },
  ],
  [
    "an order that is cancelled while its approval is on the way is closed, and the money goes back",
    [pay({ until: until("ok", 2) }), { do: "cancel", ...request, until: toTheEnd }],
    { status: "CANCELED" },
  ],
];

for (const [hasSweeps, cancelsOverdue] of [
  [true, true],
  [false, true],
  [true, false],
] as const) {
  // what webhooks and events don't tell is the sweeps' alone; without them nothing gets lost
  test.each(scenarios)(
    `%s (${hasSweeps ? "with" : "without"} sweeps${cancelsOverdue ? "" : ", by a Toss that leaves old accounts"})`,
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
