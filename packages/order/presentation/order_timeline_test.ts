import { expect, test } from "bun:test";
import type { HistoryEntry, PaymentView } from "@payflow/shared";
import { after, placed, placedAt, snapshot, snapshots } from "../testing/given.ts";
import { orderTimeline } from "./order_timeline.ts";

/** So many seconds after the order. */
const at = (seconds: number) => new Date(Date.parse(placedAt) + seconds * 1_000).toISOString();

type Row = [
  seconds: number,
  cause: string,
  status: string,
  detail?: object | undefined,
  eventType?: string,
];

const rows = (part: "order" | "payment", list: readonly Row[]) =>
  list.map(([seconds, cause, status, detail, eventType], index): HistoryEntry => ({
    at: at(seconds),
    part,
    version: index + 1,
    status,
    cause,
    detail: detail ?? null,
    events: eventType ? [{ eventId: "e", eventType, publishedAt: null }] : [],
  }));

function told(list: readonly Row[], view: Partial<PaymentView> = {}) {
  const history = rows("payment", list);
  const whole: PaymentView = {
    ...snapshot(),
    orderName: "책상",
    paymentKey: "key-1",
    cancels: [],
    ...view,
  };
  return orderTimeline(placed(), [], { history, view: whole });
}

const first = { kind: "placed", at: placedAt, amount: 1000 } as const;
const opened: Row = [1, "openPayment", "READY"];
const tried = (seconds: number, paymentKey = "key-1"): Row => [
  ...([seconds, "confirmPayment", "IN_PROGRESS"] as const),
  { paymentKey },
];
const answered = (
  seconds: number,
  status: string,
  answer: string,
  more: { code?: string; paymentKey?: string } = {},
): Row => [
  ...([seconds, "recordConfirmAnswer", status] as const),
  { paymentKey: "key-1", answer, ...more },
  "Announced",
];

test("a new order has been placed, and that is all", () => {
  expect(told([])).toEqual([first]);
  expect(told([opened])).toEqual([first]);
  expect(orderTimeline(placed(), [], undefined)).toEqual([first]);
});

test("declined, then paid: each try, Toss's reason while it is the last, and Toss's time of the payment", () => {
  const declined = answered(11, "READY", "declined", { code: "NO_LIMIT" });
  const failure = { code: "NO_LIMIT", message: "한도 초과" };
  const before = [opened, tried(10), declined];
  const reason = { reason: { code: "NO_LIMIT" } };
  expect(told(before, { failure })).toEqual([
    first,
    { kind: "tried", at: at(10) },
    { kind: "declined", at: at(11), reason: failure },
  ]);
  const paid = [
    ...before,
    tried(20, "key-2"),
    [25, "askToss", "IN_PROGRESS"] as Row,
    [40, "askToss", "DONE", {}, "PaymentConfirmed"] as Row,
    [700, "askToss", "DONE"] as Row,
  ];
  expect(told(paid, { status: "DONE", approvedAt: at(21) })).toEqual([
    first,
    { kind: "tried", at: at(10) },
    { kind: "declined", at: at(11), ...reason },
    { kind: "tried", at: at(20) },
    { kind: "paid", at: at(21), amount: 1000 },
  ]);
  // Toss's whole seconds may end before the try began
  const times = told(paid, { approvedAt: at(19) }).map((entry) => entry.at);
  expect(times).toEqual([placedAt, at(10), at(11), at(20), at(20)]);
});

test("questions about a declined try add nothing, and a try that ends after the order's time declines and expires", () => {
  const declined = answered(11, "READY", "declined", { code: "X" });
  const asked: Row = [671, "askToss", "READY", { paymentKey: "key-1" }];
  const kinds = (list: readonly Row[]) => told(list).map(({ kind }) => kind);
  expect(kinds([opened, tried(10), declined, asked])).toEqual([
    ...(["placed", "tried", "declined"] as const),
  ]);
  expect(kinds([opened, tried(10), answered(2_800, "EXPIRED", "declined")])).toEqual([
    "placed",
    "tried",
    "declined",
    "expired",
  ]);
  expect(kinds([opened, [2_701, "expirePayment", "EXPIRED"]])).toEqual([
    ...(["placed", "expired"] as const),
  ]);
  expect(kinds([opened, tried(10), [12, "closePayment", "CANCELED"]])).toEqual([
    ...(["placed", "tried", "canceled"] as const),
  ]);
});

test("a deposit is waited for, comes, is taken back, and comes again", () => {
  const list = [
    tried(10),
    answered(11, "WAITING_FOR_DEPOSIT", "payment"),
    [100, "askToss", "DONE"],
    [200, "askToss", "WAITING_FOR_DEPOSIT"],
    [300, "askToss", "DONE"],
  ] as const satisfies readonly Row[];
  expect(told(list, { approvedAt: at(299) })).toEqual([
    first,
    { kind: "tried", at: at(10) },
    { kind: "waiting_for_deposit", at: at(11), amount: 1000 },
    { kind: "paid", at: at(100), amount: 1000 },
    { kind: "deposit_reversed", at: at(200), amount: 1000 },
    { kind: "paid", at: at(299), amount: 1000 },
  ]);
  const closed = [...list.slice(0, 2), [90_000, "askToss", "EXPIRED"] as Row];
  expect(told(closed).at(-1)).toEqual({ kind: "expired", at: at(90_000) });
});

test("refunds have Toss's sums and times, also when payment and refund were found together", () => {
  const cancel = { transactionKey: "t", reason: "변심" };
  const cancels = [
    { ...cancel, amount: 400, canceledAt: at(60) },
    { ...cancel, amount: 600, canceledAt: at(90) },
  ];
  const view = { approvedAt: at(20), refundedAmount: 1000, cancels };
  const end = [
    { kind: "paid", at: at(20), amount: 1000 },
    { kind: "refunded", at: at(60), amount: 400 },
    { kind: "refunded", at: at(90), amount: 600 },
  ];
  const seen = [
    answered(21, "DONE", "payment"),
    [61, "recordRefundAnswer", "PARTIAL_CANCELED"],
    [91, "recordRefundAnswer", "CANCELED"],
  ] as const satisfies readonly Row[];
  expect(told([tried(10), ...seen], view).slice(2)).toEqual(end as never);
  const found: Row = [200, "askToss", "CANCELED"];
  expect(told([tried(10), found], view).slice(2)).toEqual(end as never);
});

test("the cancel of an account that nobody paid into is no refund", () => {
  const cancels = [{ transactionKey: "t", reason: "", amount: 1000, canceledAt: at(50) }];
  const list = [
    tried(10),
    answered(11, "WAITING_FOR_DEPOSIT", "payment"),
    [49, "closePayment", "WAITING_FOR_DEPOSIT"],
    [50, "recordCancelAnswer", "CANCELED", { answer: "payment" }],
  ] as const satisfies readonly Row[];
  expect(told(list, { cancels }).map(({ kind }) => kind)).toEqual([
    ...(["placed", "tried", "waiting_for_deposit", "canceled"] as const),
  ]);
});

test("an approval of a closed order came too late, and goes back", () => {
  const list = [
    tried(10),
    [12, "closePayment", "CANCELED", undefined, "PaymentCanceled"],
    answered(15, "CANCELED", "payment"),
    [16, "recordCancelAnswer", "CANCELED", { answer: "unknown" }],
  ] as const satisfies readonly Row[];
  const came = [
    first,
    { kind: "tried", at: at(10) },
    { kind: "canceled", at: at(12) },
    { kind: "came_late", at: at(15) },
  ] as const;
  expect(told(list, { refunding: true })).toEqual([...came]);
  const back: Row = [
    ...([21, "recordCancelAnswer", "CANCELED"] as const),
    { answer: "payment" },
    "PaymentCanceled",
  ];
  expect(told([...list, back], { returnedAmount: 1000 })).toEqual([
    ...came,
    { kind: "went_back", at: at(21), amount: 1000 },
  ]);
});

test("a deposit on a closed account goes back once its owner has named an account", () => {
  const list = [
    tried(10),
    answered(11, "WAITING_FOR_DEPOSIT", "payment"),
    [90_000, "recordCancelAnswer", "EXPIRED", { answer: "payment" }, "E"],
    [90_100, "askToss", "EXPIRED", undefined, "PaymentExpired"],
    [90_200, "provideRefundAccount", "EXPIRED", undefined, "PaymentExpired"],
    [90_201, "recordCancelAnswer", "EXPIRED", { answer: "payment" }, "E"],
  ] as const satisfies readonly Row[];
  expect(told(list, { returnedAmount: 1000 }).slice(3)).toEqual([
    { kind: "expired", at: at(90_000) },
    { kind: "came_late", at: at(90_100) },
    { kind: "went_back", at: at(90_201), amount: 1000 },
  ]);
});

test("a second approval goes back, and what is asked about the first is none", () => {
  const about = (paymentKey: string) => ({ paymentKey });
  const list = [
    tried(10),
    answered(11, "READY", "declined"),
    tried(20, "key-2"),
    answered(21, "DONE", "payment", { paymentKey: "key-2" }),
    [671, "askToss", "DONE", about("key-1"), "PaymentConfirmed"],
    [672, "recordCancelAnswer", "DONE", about("key-1"), "PaymentConfirmed"],
    [681, "askToss", "DONE", about("key-2"), "PaymentConfirmed"],
  ] as const satisfies readonly Row[];
  const view = { paymentKey: "key-2", returnedAmount: 1000 };
  expect(told(list, view).slice(-2)).toEqual([
    { kind: "came_late", at: at(671) },
    { kind: "went_back", at: at(672), amount: 1000 },
  ]);
});

test("without payment the order tells what it has taken over, each thing once", () => {
  const taken = (paymentVersion: number, paymentStatus: string) => ({
    paymentVersion,
    paymentStatus,
  });
  const own = rows("order", [
    [0, "placeOrder", "PENDING"],
    [5, "sweepPayments", "PENDING", taken(1, "READY")],
    [10, "confirmOrder", "PENDING", taken(3, "READY")],
    [11, "PaymentDeclined", "PENDING", taken(3, "READY")],
    [20, "confirmOrder", "CONFIRMED", taken(5, "DONE")],
    [21, "PaymentConfirmed", "CONFIRMED", taken(5, "DONE")],
    [60, "PaymentCanceled", "PARTIALLY_REFUNDED", taken(8, "PARTIAL_CANCELED")],
  ]);
  const order = after(placed(), { ...snapshots.partlyRefunded, approvedAt: at(19) }).state;
  expect(orderTimeline(order, own, undefined)).toEqual([
    first,
    { kind: "declined", at: at(10) },
    { kind: "paid", at: at(19), amount: 1000 },
    { kind: "refunded", at: at(60), amount: 400 },
  ]);
});
