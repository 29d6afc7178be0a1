import { expect, test } from "bun:test";
import { openTestSandbox, type Reply } from "./sandbox_fixture.ts";

const answer = (reply: Reply) => [reply.status, reply.json["code"]];
const day = 24 * 3_600_000;

test("rejects requests without the correct secret key", async () => {
  await using toss = openTestSandbox();
  const replies = [];
  for (const authorization of [
    undefined,
    "Bearer test_sk_sandbox",
    "Basic ???",
    `Basic ${btoa("test_sk_sandbox")}`,
    `Basic ${btoa("test_sk_other:")}`,
    `Basic ${btoa("test_sk_sandbox:password")}`,
  ]) {
    const headers: HeadersInit = authorization === undefined ? {} : { authorization };
    replies.push(answer(await toss.send("/v1/payments/x", { headers })));
  }
  expect(replies).toEqual([
    [401, "UNAUTHORIZED_KEY"],
    [401, "UNAUTHORIZED_KEY"],
    [401, "UNAUTHORIZED_KEY"],
    [403, "INCORRECT_BASIC_AUTH_FORMAT"],
    [401, "UNAUTHORIZED_KEY"],
    [401, "UNAUTHORIZED_KEY"],
  ]);
});

test("other paths and methods of /v1 return NOT_FOUND_HTTP_METHOD", async () => {
  await using toss = openTestSandbox();
  expect(answer(await toss.api("/v1/billing/x", {}))).toEqual([404, "NOT_FOUND_HTTP_METHOD"]);
  expect(answer(await toss.api("/v1/payments/confirm/x"))).toEqual([404, "NOT_FOUND_HTTP_METHOD"]);
});

test("a replay returns the same bytes and both trace ids", async () => {
  await using toss = openTestSandbox();
  const order = await toss.authenticated();
  const key = { "idempotency-key": "one" };
  const first = await toss.confirm(order, key);
  await toss.cancel(order);
  const again = await toss.confirm(order, key);
  expect(again.status).toBe(200);
  expect(again.text).toBe(first.text);
  const trace = first.headers.get("x-tosspayments-trace-id");
  expect(trace).toMatch(/^[0-9a-f]{32}$/);
  expect(again.headers.get("x-tosspayments-trace-id")).toMatch(
    new RegExp(`^[0-9a-f]{32}, ${trace}$`),
  );
  expect(again.headers.get("idempotency-key")).toBe("one");
  expect(again.headers.get("cache-control")).toContain("no-store");
});

test("every response has Toss's CORS headers and allows no origin", async () => {
  await using toss = openTestSandbox();
  const [good, bad] = [await toss.paid(), await toss.open()];
  for (const reply of [await toss.get(good), await toss.confirm(bad)]) {
    const { headers } = reply;
    expect(headers.get("access-control-max-age")).toBe("3600");
    expect(headers.get("access-control-allow-credentials")).toBe("true");
    expect(headers.get("access-control-allow-methods")).toContain("DELETE");
    const allowed = headers.get("access-control-allow-headers");
    expect(allowed).toEndWith("tosspayments-mid, idempotency-key");
    expect(headers.has("access-control-allow-origin")).toBe(false);
  }
});

test("a stored response depends on key and path, not on the body", async () => {
  await using toss = openTestSandbox();
  const [one, two] = [await toss.authenticated(), await toss.authenticated()];
  const key = { "idempotency-key": "shared" };
  await toss.confirm(one, key);
  const wrong = await toss.confirm(two, key);
  expect(wrong.json["paymentKey"]).toBe(one.paymentKey);
  const cancel = await toss.cancel(one, {}, key);
  expect(cancel.json["status"]).toBe("CANCELED");
});

test("an error is replayed too: a corrected request needs another key", async () => {
  await using toss = openTestSandbox();
  const order = await toss.authenticated();
  const key = { "idempotency-key": "one" };
  await toss.confirm({ ...order, amount: 1 }, key);
  expect(answer(await toss.confirm(order, key))).toEqual([400, "INVALID_REQUEST"]);
  expect((await toss.confirm(order, { "idempotency-key": "two" })).status).toBe(200);
});

test("an injected 409 or 429 is not stored: the same key can still be approved", async () => {
  await using toss = openTestSandbox();
  const codes = ["IDEMPOTENT_REQUEST_PROCESSING", "TOO_MANY_REQUESTS"];
  for (const code of codes) {
    const order = await toss.authenticated();
    const key = { "idempotency-key": code };
    const forced = { ...key, "tosspayments-test-code": code };
    await toss.fault({ operation: "confirm", fault: "error_before", code, times: 1 });
    expect((await toss.confirm(order, forced)).json["code"]).toBe(code);
    expect((await toss.confirm(order, key)).json["code"]).toBe(code);
    expect((await toss.confirm(order, key)).json["status"]).toBe("DONE");
  }
});

test("after error_after with a 409, a retry with the same key gets the result", async () => {
  await using toss = openTestSandbox();
  const order = await toss.authenticated();
  const key = { "idempotency-key": "one" };
  await toss.fault({
    operation: "confirm",
    fault: "error_after",
    code: "IDEMPOTENT_REQUEST_PROCESSING",
    times: 1,
  });
  expect((await toss.confirm(order, key)).status).toBe(409);
  expect((await toss.confirm(order, key)).json["status"]).toBe("DONE");
});

test("an empty idempotency key counts as none and shares no response", async () => {
  await using toss = openTestSandbox();
  const [one, two] = [await toss.authenticated(), await toss.authenticated()];
  const empty = { "idempotency-key": "" };
  await toss.confirm(one, empty);
  const { json, headers } = await toss.confirm(two, empty);
  expect(json["paymentKey"]).toBe(two.paymentKey);
  expect(headers.has("idempotency-key")).toBe(false);
});

test("a response is replayed for 15 days", async () => {
  await using toss = openTestSandbox();
  const order = await toss.authenticated();
  const key = { "idempotency-key": "one" };
  const first = await toss.confirm(order, key);
  toss.clock.now += 15 * day;
  expect((await toss.confirm(order, key)).text).toBe(first.text);
  toss.clock.now += 1;
  expect(answer(await toss.confirm(order, key))).toEqual([400, "ALREADY_PROCESSED_PAYMENT"]);
});

test("an idempotency key has at most 300 characters", async () => {
  await using toss = openTestSandbox();
  const order = await toss.authenticated();
  const long = { "idempotency-key": "k".repeat(301) };
  expect(answer(await toss.confirm(order, long))).toEqual([400, "INVALID_IDEMPOTENCY_KEY"]);
  const right = { "idempotency-key": "k".repeat(300) };
  expect((await toss.confirm(order, right)).status).toBe(200);
});

test("returns 409 to a repeated call while the first is in progress", async () => {
  await using toss = openTestSandbox();
  const order = await toss.authenticated();
  await toss.fault({ operation: "confirm", fault: "delay", delayMs: 3_600_000, times: 1 });
  const key = { "idempotency-key": "one" };
  void toss.confirm(order, key).catch(() => "closed first");
  expect((await toss.get(order)).json["status"]).toBe("IN_PROGRESS");
  expect(answer(await toss.confirm(order, key))).toEqual([409, "IDEMPOTENT_REQUEST_PROCESSING"]);
  expect((await toss.confirm(order, { "idempotency-key": "two" })).status).toBe(200);
});

test("a delayed response is stored for replay", async () => {
  await using toss = openTestSandbox();
  const order = await toss.authenticated();
  await toss.fault({ operation: "confirm", fault: "delay", delayMs: 1, times: 1 });
  const key = { "idempotency-key": "one" };
  const late = await toss.confirm(order, key);
  expect(late.json["status"]).toBe("DONE");
  expect((await toss.confirm(order, key)).text).toBe(late.text);
});

test("5xx responses are stored only with keepServerErrors", async () => {
  await using toss = openTestSandbox();
  const key = { "idempotency-key": "one" };
  await toss.fault({ operation: "confirm", fault: "error_before", times: 2 });
  const order = await toss.authenticated();
  expect((await toss.confirm(order, key)).status).toBe(500);
  await toss.post("/_sandbox/settings", { keepServerErrors: true });
  expect((await toss.confirm(order, key)).status).toBe(500);
  expect((await toss.confirm(order, key)).status).toBe(500);
  expect((await toss.confirm(order, { "idempotency-key": "two" })).status).toBe(200);
});

test("TossPayments-Test-Code forces an error and does not change the payment", async () => {
  await using toss = openTestSandbox();
  const order = await toss.authenticated();
  const forced = { "tosspayments-test-code": "REJECT_CARD_PAYMENT" };
  const reply = await toss.confirm(order, forced);
  expect(reply.status).toBe(403);
  expect(reply.json).toEqual({
    code: "REJECT_CARD_PAYMENT",
    message: "한도초과 혹은 잔액부족으로 결제에 실패했습니다.",
  });
  const unknown = { "tosspayments-test-code": "NO_SUCH_CODE" };
  expect(answer(await toss.confirm(order, unknown))).toEqual([400, "INVALID_TEST_CODE"]);
  expect((await toss.get(order)).json["status"]).toBe("IN_PROGRESS");
});

test("TossPayments-Test-Code is ignored with a live key", async () => {
  await using toss = openTestSandbox({ secretKey: "live_sk_sandbox" });
  const order = await toss.authenticated();
  const { status } = await toss.confirm(order, {
    authorization: `Basic ${btoa("live_sk_sandbox:")}`,
    "tosspayments-test-code": "REJECT_CARD_PAYMENT",
  });
  expect(status).toBe(200);
});

test("Accept-Language chooses the language of messages and methods", async () => {
  await using toss = openTestSandbox();
  const english = { "accept-language": "en-US" };
  const order = await toss.paid();
  const { json } = await toss.api(`/v1/payments/${order.paymentKey}`, undefined, english);
  expect(json).toMatchObject({ method: "Card", card: { cardType: "Credit" } });
  const refused = await toss.confirm(order, english);
  expect(refused.json["message"]).toBe("This is a payment that has already been processed.");
});

test("rateLimitPerMinute returns 429 above the limit until the next minute", async () => {
  await using toss = openTestSandbox();
  await toss.post("/_sandbox/settings", { rateLimitPerMinute: 2 });
  const order = await toss.authenticated();
  const statuses = [];
  for (let i = 0; i < 3; i++) statuses.push((await toss.get(order)).status);
  toss.clock.now += 60_000;
  statuses.push((await toss.get(order)).status);
  expect(statuses).toEqual([200, 200, 429, 200]);
});

test("a query by orderId returns the newest payment in any status", async () => {
  await using toss = openTestSandbox();
  const orderId = "order-by-id";
  const find = async () => (await toss.api(`/v1/payments/orders/${orderId}`)).json;
  expect((await find())["code"]).toBe("NOT_FOUND_PAYMENT");
  const paid = await toss.paid({ orderId });
  expect((await find())["paymentKey"]).toBe(paid.paymentKey);
  const newer = await toss.open({ orderId });
  expect((await find())["paymentKey"]).toBe(newer.paymentKey);
});
