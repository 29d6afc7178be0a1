import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { eventually } from "@payflow/local-stack/testing";
import { shopperOf } from "../shopper.ts";
import { testStack, type TestStack } from "../stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let shopper: ReturnType<typeof shopperOf>;

beforeAll(async () => {
  stack = await testStack();
  shopper = shopperOf(stack);
}, 600_000);
afterAll(() => stack.close(), 30_000);

test("200 orders confirmed right after placing become CONFIRMED, each charged once", async () => {
  const orders = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const order = await shopper.place();
      const key = await shopper.authenticate(order);
      // so many concurrent confirms may be rejected at first, and are retried
      await eventually(async () => {
        expect([200, 202]).toContain((await shopper.confirm(key)).status);
      });
      return order;
    }),
  );
  for (const { orderId } of orders) await shopper.becomes(orderId, "CONFIRMED");
  const { payments } = (await shopper.sandbox("/_sandbox/payments")) as {
    payments: { orderId: string; approvals: number; balanceAmount: number }[];
  };
  const ours = new Set(orders.map(({ orderId }) => orderId));
  const held = payments.filter(({ orderId }) => ours.has(orderId));
  expect(held).toHaveLength(200);
  expect(
    held.filter(({ approvals, balanceAmount }) => approvals !== 1 || balanceAmount !== 1000),
  ).toEqual([]);
}, 600_000);

test("20 concurrent confirms of one payment charge once and get the same response", async () => {
  const order = await shopper.place();
  const authenticated = await shopper.authenticate(order, {
    confirm: { fault: "delay", delayMs: 300 },
  });
  const responses = await Promise.all(
    Array.from({ length: 20 }, () => shopper.confirm(authenticated)),
  );
  const answers = await Promise.all(
    responses.map(async (response) => JSON.stringify([response.status, await response.json()])),
  );
  expect(new Set(answers).size).toBe(1);
  expect(responses[0]?.status).toBe(200);
  expect(await shopper.heldByToss(order.orderId)).toMatchObject([
    { approvals: 1, balanceAmount: order.amount },
  ]);
});

test("of two concurrent payments for one order one is approved, and the other is never charged", async () => {
  const order = await shopper.place();
  const slow = { confirm: { fault: "delay", delayMs: 300 } };
  const [one, two] = await Promise.all([
    shopper.authenticate(order, slow),
    shopper.authenticate(order, slow),
  ]);
  const responses = await Promise.all([shopper.confirm(one), shopper.confirm(two)]);
  expect(responses.map(({ status }) => status).sort()).toEqual([200, 409]);
  const refused = responses.find(({ status }) => status === 409);
  expect(await refused?.json()).toMatchObject({ code: "payment_in_progress" });
  const loser = responses[0] === refused ? one : two;
  const late = await shopper.confirm(loser);
  expect(await late.json()).toMatchObject({ code: "order_already_paid" });
  const held = await shopper.heldByToss(order.orderId);
  expect(held.map(({ approvals }) => approvals).sort()).toEqual([0, 1]);
  await shopper.becomes(order.orderId, "CONFIRMED");
});
