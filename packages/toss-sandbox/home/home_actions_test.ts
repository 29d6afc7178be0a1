import { expect, test } from "bun:test";
import { eventually, type Json, openTestSandbox } from "../sandbox_fixture.ts";
import { look, press, waiting } from "./home_fixture.ts";

test("a deposit can be made, reversed and made again", async () => {
  await using toss = openTestSandbox();
  const order = await waiting(toss);
  const status = async () => (await toss.get(order)).json["status"];
  const path = `/payments/${order.paymentKey}`;
  const answer = await press(toss, `${path}/deposit`);
  expect([answer.status, answer.headers.get("location")]).toEqual([303, `${path}?done=deposit`]);
  expect(await status()).toBe("DONE");
  expect((await press(toss, `${path}/deposit`)).status).toBe(409);
  await press(toss, `${path}/reverse`);
  expect(await status()).toBe("WAITING_FOR_DEPOSIT");
  const fromList = await press(toss, `${path}/deposit`, { fields: { back: "/" } });
  expect(fromList.headers.get("location")).toBe("/?done=deposit");
});

test("a refund by hand refunds a part, then the rest", async () => {
  await using toss = openTestSandbox();
  const order = await toss.paid();
  const path = `/payments/${order.paymentKey}/refund`;
  const fields = { cancelReason: "by hand" };
  await press(toss, path, { fields: { ...fields, cancelAmount: "20000" } });
  expect((await toss.get(order)).json).toMatchObject({
    balanceAmount: 30_000,
    cancels: [{ cancelReason: "by hand", cancelAmount: 20_000 }],
  });
  const tooMuch = await press(toss, path, { fields: { ...fields, cancelAmount: "30001" } });
  expect(tooMuch.status).toBe(409);
  expect(await tooMuch.text()).toContain('value="30001"');
  expect((await press(toss, path, { fields: { cancelReason: "" } })).status).toBe(409);
  await press(toss, path, { fields: { ...fields, cancelAmount: "" } });
  expect((await toss.get(order)).json["balanceAmount"]).toBe(0);
});

test("the refund of a deposit requires a valid account", async () => {
  await using toss = openTestSandbox();
  const order = await waiting(toss);
  const path = `/payments/${order.paymentKey}`;
  await press(toss, `${path}/deposit`);
  const fields = { cancelReason: "by hand", bank: "88", holderName: "김토스" };
  const wrong = await press(toss, `${path}/refund`, {
    fields: { ...fields, accountNumber: "abc" },
  });
  expect(wrong.status).toBe(409);
  await press(toss, `${path}/refund`, { fields: { ...fields, accountNumber: "110-123 456" } });
  expect(await toss.audit()).toMatchObject([
    { refunds: [{ account: { bank: "88", accountNumber: "110123456", holderName: "김토스" } }] },
  ]);
});

test("a window, an authentication and an account can be expired once", async () => {
  await using toss = openTestSandbox();
  const orders = [await toss.open(), await toss.authenticated(), await waiting(toss)];
  for (const { paymentKey } of orders) {
    expect((await press(toss, `/payments/${paymentKey}/expire`)).status).toBe(303);
    expect((await press(toss, `/payments/${paymentKey}/expire`)).status).toBe(409);
  }
  const states = [];
  for (const order of orders) states.push((await toss.get(order)).json);
  expect(states).toMatchObject([
    { status: "EXPIRED" },
    { status: "EXPIRED" },
    { status: "WAITING_FOR_DEPOSIT", virtualAccount: { expired: true } },
  ]);
  expect((await press(toss, `/payments/${orders[2]?.paymentKey}/deposit`)).status).toBe(409);
});

test("a payment's page has Toss's JSON, the transactions, and the webhooks with a resend button", async () => {
  const received: string[] = [];
  using shop = Bun.serve({
    port: 0,
    async fetch(request) {
      received.push(await request.text());
      return new Response("", { status: received.length === 1 ? 500 : 200 });
    },
  });
  await using toss = openTestSandbox({ webhookUrl: shop.url.href, webhookRetryMinuteMs: 1e6 });
  const order = await toss.paid();
  const path = `/payments/${order.paymentKey}`;
  await eventually("the first try", async () =>
    (await look(toss, path)).includes("1 try · last response 500") ? true : undefined,
  );
  const { json } = await toss.get(order);
  const text = await look(toss, path);
  expect(text).toContain(`&quot;paymentKey&quot;: &quot;${order.paymentKey}&quot;`);
  expect(text).toContain(json["lastTransactionKey"] as string);
  const [, resend = ""] = /action="(\/webhooks\/\d+\/resend)"/.exec(text) ?? [];
  const answer = await press(toss, resend, { fields: { back: path } });
  expect(answer.headers.get("location")).toBe(`${path}?done=resend`);
  await eventually("the second try", async () =>
    (await look(toss, path)).includes("last response 200") ? true : undefined,
  );
  expect(received[1]).toBe(received[0] as string);
  expect(await look(toss, "/webhooks")).toContain(">order-1</a>");
  expect((await press(toss, "/webhooks/999/resend")).status).toBe(409);
});

test("webhook switches can be set and reset, and ignore invalid input", async () => {
  await using toss = openTestSandbox();
  const switches = async () => (await toss.send("/_sandbox/webhooks")).json["switches"] as Json;
  const fields = { duplicate: "2", delayMs: "50", rate: "0.5", drop: "yes", reorder: "yes" };
  await press(toss, "/webhooks/switches", { fields });
  const set = { duplicate: 2, delayMs: 50, rate: 0.5, drop: true, reorder: true };
  expect(await switches()).toEqual(set);
  const wrong = await press(toss, "/webhooks/switches", { fields: { duplicate: "11" } });
  expect(wrong.status).toBe(409);
  expect(await wrong.text()).toContain('value="11"');
  expect(await switches()).toEqual(set);
  await press(toss, "/webhooks/switches", { fields: { ...fields, normal: "yes" } });
  expect(await switches()).toEqual({});
});

test("faults can be added, shown, removed and cleared", async () => {
  await using toss = openTestSandbox();
  const faults = async () => (await toss.send("/_sandbox/faults")).json["faults"] as Json[];
  const fields = {
    operation: "cancel",
    fault: "decline",
    code: "REFUND_REJECTED",
    times: "2",
    rate: "",
    delayMs: "",
    orderId: "order-1",
  };
  await press(toss, "/faults", { fields });
  const added = {
    operation: "cancel",
    fault: "decline",
    code: "REFUND_REJECTED",
    times: 2,
    orderId: "order-1",
  };
  expect(await faults()).toEqual([added]);
  expect(await look(toss, "/faults")).toContain("2 times left · only order-1");
  await press(toss, "/faults/preset", { fields: { preset: "confirm.lose_response" } });
  expect(await faults()).toEqual([
    added,
    { operation: "confirm", fault: "lose_response", times: 1 },
  ]);
  const { orderId: _, ...other } = added;
  const stale = await press(toss, "/faults/remove", { fields: { fault: JSON.stringify(other) } });
  expect(stale.status).toBe(409);
  const json = JSON.stringify((await faults())[0]);
  await press(toss, "/faults/remove", { fields: { fault: json } });
  expect(await faults()).toHaveLength(1);
  await press(toss, "/faults/clear");
  expect(await faults()).toEqual([]);
});

test.each([
  [{ operation: "confirm", fault: "delay" }, "A delay needs its milliseconds."],
  [{ operation: "confirm", fault: "stale" }, "Only a query can answer 404"],
  [{ operation: "find", fault: "decline" }, "A query cannot be declined."],
  [{ operation: "confirm", fault: "decline", code: "NO_CODE" }, "This is not an error code"],
  [{ operation: "confirm", fault: "decline", times: "0" }, "Please check what was entered."],
  [{}, "Please check what was entered."],
])("rejects the fault %j with the reason", async (fields, why) => {
  await using toss = openTestSandbox();
  const answer = await press(toss, "/faults", { fields });
  expect(answer.status).toBe(409);
  expect(await answer.text()).toContain(why);
  expect((await toss.send("/_sandbox/faults")).json["faults"]).toEqual([]);
});

test("the clock moves forward by a button or a typed time, never back", async () => {
  await using toss = openTestSandbox();
  const advancedMs = async () => (await toss.send("/_sandbox/clock")).json["advancedMs"];
  await press(toss, "/clock", { fields: { advance: "600000" } });
  await press(toss, "/clock", { fields: { count: "1.5", unit: "3600000" } });
  expect(await advancedMs()).toBe(100 * 60_000);
  expect(await look(toss, "/settings")).toContain("1 h 40 min ahead");
  for (const fields of [{ count: "-1", unit: "60000" }, { count: "x", unit: "60000" }, {}]) {
    expect((await press(toss, "/clock", { fields })).status).toBe(409);
  }
  expect(await advancedMs()).toBe(100 * 60_000);
});

test("settings can be changed, and a reset needs a confirmation page", async () => {
  await using toss = openTestSandbox();
  await toss.paid();
  const fields = {
    rateLimitPerMinute: "100",
    amountMismatchCode: "FORBIDDEN_REQUEST",
    keepServerErrors: "yes",
    isTaxedOnly: "yes",
  };
  await press(toss, "/settings", { fields });
  const settings = async () => (await toss.send("/_sandbox/settings")).json;
  expect(await settings()).toEqual({
    rateLimitPerMinute: 100,
    amountMismatchCode: "FORBIDDEN_REQUEST",
    keepServerErrors: true,
    isTaxedOnly: true,
  });
  const wrong = await press(toss, "/settings", { fields: { ...fields, amountMismatchCode: "X" } });
  expect([wrong.status, (await wrong.text()).includes("This is not an error code")]).toEqual([
    409,
    true,
  ]);
  expect(await look(toss, "/reset")).toContain("1 payments with their");
  expect(await toss.audit()).toHaveLength(1);
  await press(toss, "/reset");
  expect(await toss.audit()).toEqual([]);
  expect((await settings())["rateLimitPerMinute"]).toBe(0);
});
