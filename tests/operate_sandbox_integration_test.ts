import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { eventually } from "@payflow/local-stack/testing";
import { runPayflow } from "@payflow/operate/testing";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let shopper: ReturnType<typeof shopperOf>;
let env: Record<string, string>;

beforeAll(async () => {
  stack = await testStack({ payment: { RECONCILE_AFTER_MS: "5000" } });
  shopper = shopperOf(stack);
  env = {
    ...stack.kafka,
    ORDER_DATABASE_URL: stack.databases.order,
    PAYMENT_DATABASE_URL: stack.databases.payment,
    PUBLIC_URL: stack.url,
    PAYFLOW_API_KEY: stack.merchantKey,
    TOSS_SANDBOX_URL: stack.sandboxUrl,
  };
}, 600_000);
afterAll(() => stack.close());

type Row = Record<string, unknown>;
const trigger = async (...words: string[]) =>
  (await runPayflow(["sandbox", "trigger", ...words, "--json"], env)).json as Row;

const paid = { orderStatus: "CONFIRMED", paymentStatus: "DONE" };
test.each([
  ["pay", paid],
  ["decline", { orderStatus: "PENDING", paymentStatus: "READY" }],
  ["lost-answer", paid],
  ["window-fail", { orderStatus: "PENDING" }],
  ["account", { orderStatus: "AWAITING_DEPOSIT", paymentStatus: "WAITING_FOR_DEPOSIT" }],
  ["deposit", paid],
  ["deposit-reversal", { orderStatus: "AWAITING_DEPOSIT", paymentStatus: "WAITING_FOR_DEPOSIT" }],
  ["late-approval", { orderStatus: "CANCELED", paymentStatus: "CANCELED" }],
  ["refund", { orderStatus: "REFUNDED", paymentStatus: "CANCELED" }],
  ["partial-refund", { orderStatus: "PARTIALLY_REFUNDED", paymentStatus: "PARTIAL_CANCELED" }],
  ["duplicate-webhook", paid],
])("sandbox trigger %s places an order and plays the whole scenario", async (scenario, end) => {
  const result = await trigger(scenario);
  expect(result).toMatchObject({
    scenario,
    ...end,
    page: expect.stringMatching(/^http/),
    sandboxPage: `${stack.sandboxUrl}/payments/${String(result["paymentKey"])}`,
    show: `bun run payflow orders show ${String(result["orderId"])}`,
  });
  expect((await fetch(String(result["sandboxPage"]))).status).toBe(200);
});

test("sandbox trigger late-deposit ends with a deposit that waits for a refund account", async () => {
  // an early status query may find the deposit before the order is cancelled
  const { orderId } = await eventually(() => trigger("late-deposit"), { timeoutMs: 120_000 });
  expect(await shopper.get(String(orderId))).toMatchObject({ status: "CANCELED" });
  await eventually(
    async () => {
      const { json } = await runPayflow(["reconcile", "--json"], env);
      expect(json).toContainEqual(expect.objectContaining({ orderId, waitsFor: "an account" }));
    },
    { timeoutMs: 120_000 },
  );
});

test("sandbox trigger payout-failure ends with a refund that needs attention until the bank pays it out", async () => {
  const { orderId, paymentKey, ...rest } = await trigger("payout-failure");
  expect(rest).toMatchObject({ orderStatus: "REFUNDED", paymentStatus: "CANCELED" });
  const refused = expect.objectContaining({ orderId, kind: "payout", status: "FAILED" });
  const open = async () => {
    await runPayflow(["payments", "query", String(orderId)], env);
    return (await runPayflow(["reconcile", "--json"], env)).json;
  };
  expect(await open()).toContainEqual(refused);
  await shopper.sandbox(`/_sandbox/payments/${String(paymentKey)}/payout`, {});
  expect(await open()).not.toContainEqual(refused);
  expect(await shopper.get(String(orderId))).toMatchObject({ status: "REFUNDED" });
});

test("payments dismiss ends a refused payout, with actor and reason in the history, until Toss pays it out as well", async () => {
  const { orderId, orderNumber, paymentKey } = await trigger("payout-failure");
  const refused = expect.objectContaining({ orderId, kind: "payout", status: "FAILED" });
  const open = async () => {
    await runPayflow(["payments", "query", String(orderId)], env);
    return (await runPayflow(["reconcile", "--json"], env)).json;
  };
  expect(await open()).toContainEqual(refused);
  const delayed = async () => {
    const { json } = await runPayflow(["orders", "show", String(orderId), "--json"], env);
    return JSON.stringify(json);
  };
  await eventually(async () => expect(await delayed()).toContain("refund_delayed"), {
    timeoutMs: 60_000,
  });
  const word = String(orderNumber ?? orderId);
  const dismiss = ["payments", "dismiss", word, "--reason", "직접 송금", "--json"];
  expect((await runPayflow(dismiss, env)).json).toEqual({ orderId, isDismissed: true });
  expect((await runPayflow(dismiss, env)).json).toEqual({ orderId, isDismissed: false });
  expect(await open()).not.toContainEqual(refused);
  const shown = (await runPayflow(["orders", "show", word, "--json"], env)).json as {
    history: Row[];
  };
  const found = shown.history.filter(({ cause }) => cause === "dismissPayout");
  expect(found).toMatchObject([{ actor: expect.stringMatching(/^cli:/), reason: "직접 송금" }]);
  const payOut = (body: object) =>
    shopper.sandbox(`/_sandbox/payments/${String(paymentKey)}/payout`, body);
  await payOut({});
  const paidTwice = { orderId, kind: "payout", status: "PAID_TWICE", waitsFor: "manual review" };
  expect(await open()).toContainEqual(expect.objectContaining(paidTwice));
  expect((await runPayflow(dismiss, env)).json).toEqual({ orderId, isDismissed: true });
  expect(JSON.stringify(await open())).not.toContain(String(orderId));
});

test("sandbox trigger takes an existing order in a suitable status", async () => {
  const { orderId, orderNumber } = await shopper.place();
  expect(await trigger("deposit", orderNumber)).toMatchObject({ orderId, ...paid });
  expect(await trigger("deposit-reversal", orderId)).toMatchObject({
    orderStatus: "AWAITING_DEPOSIT",
  });
  expect(await trigger("deposit", orderId)).toMatchObject(paid);
  await expect(trigger("decline", orderId)).rejects.toThrow(
    `Order ${orderId} is CONFIRMED: decline needs an order that is PENDING, or none.`,
  );
  const { printed, text } = await runPayflow(["sandbox", "trigger", "pay"], env);
  expect(printed).toMatch(
    /^ {2}placed order \S+, PENDING\n {2}authenticated in the payment window/,
  );
  expect(text).toContain("orders show");
});

test("sandbox status shows the held amount and the active faults", async () => {
  await trigger("pay");
  await shopper.sandbox("/_sandbox/faults", { operation: "find", fault: "not_found", rate: 0 });
  const { json } = await runPayflow(["sandbox", "status"], env);
  expect(json).toMatchObject({
    url: stack.sandboxUrl,
    payments: expect.any(Number),
    faults: [{ operation: "find", fault: "not_found" }],
  });
  expect((json as { heldAmount: number }).heldAmount).toBeGreaterThan(0);
});

test("sandbox trigger expire ends without a charge when the shopper returns too late", async () => {
  expect(await trigger("expire")).toMatchObject({
    orderStatus: "PENDING",
    steps: expect.arrayContaining([expect.stringContaining("payment_session_expired")]),
  });
});

test.each([
  [{ TOSS_CLIENT_KEY: "live_ck_abcdefghijklmnopqrstuvwxyz" }, "for the sandbox only"],
  [{ TOSS_CLIENT_KEY: "test_ck_abcdefghijklmnopqrstuvwxyz" }, "for the sandbox only"],
  [{ TOSS_SANDBOX_URL: "http://127.0.0.1:1" }, "No sandbox responds at http://127.0.0.1:1"],
])("sandbox trigger is rejected with %j", async (change, reason) => {
  await expect(runPayflow(["sandbox", "trigger", "pay"], { ...env, ...change })).rejects.toThrow(
    reason,
  );
});

test("sandbox trigger rejects an unknown scenario or order id", async () => {
  await expect(trigger("deposti")).rejects.toThrow("Did you mean deposit?");
  await expect(trigger("pay", "1")).rejects.toThrow('"1" is not an order\'s number or id');
});
