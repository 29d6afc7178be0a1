import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { backUp, eventually } from "@payflow/local-stack/testing";
import postgres from "postgres";
import { reconcile as runReconcile } from "./reconcile_command.ts";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let shopper: ReturnType<typeof shopperOf>;
let payments: postgres.Sql;

beforeAll(async () => {
  // only the comparison can find changes: no webhooks, sweeps or scheduled queries
  stack = await testStack({
    payment: { TRANSACTION_SWEEP_MS: "3600000", RECONCILE_AFTER_MS: "600000" },
    order: { SWEEP_MS: "500" },
  });
  shopper = shopperOf(stack);
  payments = postgres(stack.databases.payment, { max: 2, onnotice() {} });
  await shopper.sandbox("/_sandbox/webhooks", { drop: true });
}, 600_000);
afterAll(async () => {
  await payments.end();
  await stack.close();
});

type Rows = readonly Record<string, unknown>[];
const compared = (...words: string[]) =>
  runReconcile<{ matched: number; differences: Rows }>(stack, "--day", today(), ...words);

async function paid() {
  const order = await shopper.place();
  const authenticated = await shopper.authenticate(order);
  expect((await shopper.confirm(authenticated)).status).toBe(200);
  return { ...order, paymentKey: authenticated.paymentKey };
}

/** Today in Korea. */
const today = () => new Date(Date.now() + 9 * 60 * 60_000).toISOString().slice(0, 10);

async function booked(paymentKey: string) {
  const rows = await payments<{ kind: string; amount: number }[]>`
    select kind, amount_krw::integer as amount from ledger_entries where payment_key = ${paymentKey}
    order by occurred_at, version, position`;
  return [...rows];
}

/** Expects that today's comparison matches all ledger entries of today, without differences. */
async function expectMatch(): Promise<void> {
  const day = today();
  const [row] = await payments<{ count: number }[]>`
    select count(*)::integer as count from ledger_entries
    where (occurred_at at time zone 'Asia/Seoul')::date = ${day}::date`;
  expect(await compared()).toEqual({ day, matched: row?.count, differences: [] } as never);
}

async function heldInAll(): Promise<number> {
  const { payments: all } = (await shopper.sandbox("/_sandbox/payments")) as {
    payments: { heldAmount: number }[];
  };
  return all.reduce((sum, { heldAmount }) => sum + heldAmount, 0);
}

async function sumOfLedger(): Promise<number> {
  const [row] = await payments<{ sum: number }[]>`
    select coalesce(sum(amount_krw), 0)::integer as sum from ledger_entries`;
  return row?.sum ?? 0;
}

test("a day whose movements are all booked has no differences", async () => {
  const order = await paid();
  const refund = { reason: "변심", amount: 400 };
  expect((await shopper.refund(order.orderId, refund, "refund-1")).status).toBe(200);
  expect(await booked(order.paymentKey)).toEqual([
    { kind: "capture", amount: 1000 },
    { kind: "refund", amount: -400 },
  ]);
  await expectMatch();
});

test("a refund made by hand in Toss's console is booked by the comparison", async () => {
  const { orderId, paymentKey } = await paid();
  await shopper.sandbox(`/_sandbox/payments/${paymentKey}/cancel`, {
    cancelReason: "전화 요청",
    cancelAmount: 300,
  });
  await compared();
  await expectMatch();
  expect(await booked(paymentKey)).toContainEqual({ kind: "refund", amount: -300 });
  expect(await shopper.get(orderId)).toMatchObject({ refundedAmount: 300 });
});

test("after a restore of payment's database the comparison books all missing movements again", async () => {
  const before = await paid();
  const backup = await backUp(stack.databases.payment);
  const after = await paid();
  await shopper.refund(before.orderId, { reason: "변심", amount: 200 }, "refund-2");
  await shopper.refund(after.orderId, { reason: "변심", amount: 500 }, "refund-3");
  await backup.putBack();
  expect(await sumOfLedger()).not.toBe(await heldInAll());
  await eventually(
    async () => {
      await compared();
      expect(await sumOfLedger()).toBe(await heldInAll());
    },
    { timeoutMs: 120_000 },
  );
  expect(await booked(after.paymentKey)).toEqual([
    { kind: "capture", amount: 1000 },
    { kind: "refund", amount: -500 },
  ]);
  await expectMatch();
});

test("a ledger entry that Toss does not list is reported until it is resolved with a reason", async () => {
  const { orderId, paymentKey } = await paid();
  await payments`
    insert into ledger_entries (order_id, version, position, kind, amount_krw, occurred_at, payment_key)
    values (${orderId}, 99, 1, 'correction', -1, now(), ${paymentKey})`;
  const difference = {
    orderId,
    paymentStatus: "DONE",
    kind: `ledger of ${today()}`,
    key: paymentKey,
    status: "only the ledger has it",
  };
  expect((await compared()).differences.at(-1)).toMatchObject(difference);
  expect((await runReconcile(stack)).at(-1)).toMatchObject(difference);
  const resolved = ["--day", today(), "--resolve", "checked by hand", paymentKey];
  expect(await runReconcile(stack, ...resolved)).toContainEqual({
    orderId,
    key: paymentKey,
    resolvedReason: "checked by hand",
  });
  expect(await runReconcile(stack)).toEqual([]);
  // the next comparison keeps it resolved
  expect((await compared()).differences).toEqual([]);
});
