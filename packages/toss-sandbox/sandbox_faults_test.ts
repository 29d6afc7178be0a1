import { expect, test } from "bun:test";
import { openTestSandbox } from "./sandbox_fixture.ts";

const lost = async (reply: Promise<unknown>) =>
  reply.then(
    () => "answered",
    () => "lost",
  );

test("lose_response confirms and drops the connection; the same key gets the response", async () => {
  await using toss = openTestSandbox();
  const order = await toss.authenticated();
  const key = { "idempotency-key": "one" };
  await toss.fault({ operation: "confirm", fault: "lose_response", times: 2 });
  expect(await lost(toss.confirm(order, key))).toBe("lost");
  expect((await toss.get(order)).json["status"]).toBe("DONE");
  expect(await lost(toss.confirm(order, key))).toBe("lost");
  expect((await toss.confirm(order, key)).json["status"]).toBe("DONE");
  expect((await toss.audit())[0]).toMatchObject({ approvals: 1 });
});

test("error_after confirms and returns the code", async () => {
  await using toss = openTestSandbox();
  const order = await toss.authenticated();
  await toss.fault({ operation: "confirm", fault: "error_after", times: 1 });
  const reply = await toss.confirm(order);
  expect([reply.status, reply.json["code"]]).toEqual([
    500,
    "FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING",
  ]);
  expect((await toss.get(order)).json["status"]).toBe("DONE");
});

test("error_after stores its 4xx response for replay, although the payment is approved", async () => {
  await using toss = openTestSandbox();
  const order = await toss.authenticated();
  const key = { "idempotency-key": "one" };
  await toss.fault({
    operation: "confirm",
    fault: "error_after",
    code: "PROVIDER_ERROR",
    times: 1,
  });
  expect((await toss.confirm(order, key)).status).toBe(400);
  expect((await toss.confirm(order, key)).json["code"]).toBe("PROVIDER_ERROR");
  expect((await toss.get(order)).json["status"]).toBe("DONE");
});

test("error_before returns the code and does nothing", async () => {
  await using toss = openTestSandbox();
  const order = await toss.authenticated();
  await toss.fault({
    operation: "confirm",
    fault: "error_before",
    code: "CARD_PROCESSING_ERROR",
    times: 1,
  });
  expect((await toss.confirm(order)).json["code"]).toBe("CARD_PROCESSING_ERROR");
  expect((await toss.get(order)).json["status"]).toBe("IN_PROGRESS");
  expect((await toss.confirm(order)).status).toBe(200);
});

test("delay confirms later, even when the client has disconnected", async () => {
  await using toss = openTestSandbox();
  const order = await toss.authenticated();
  await toss.fault({ operation: "confirm", fault: "delay", delayMs: 1, times: 1 });
  const caller = new AbortController();
  const request = new Request("http://sandbox.test/v1/payments/confirm", {
    method: "POST",
    headers: { authorization: `Basic ${btoa("test_sk_sandbox:")}` },
    body: JSON.stringify(order),
    signal: caller.signal,
  });
  const answered = toss.sandbox.fetch(request);
  caller.abort();
  await answered;
  expect((await toss.get(order)).json["status"]).toBe("DONE");
});

test("a delayed confirm is dropped when the sandbox closes first", async () => {
  const toss = openTestSandbox();
  const order = await toss.authenticated();
  await toss.fault({ operation: "confirm", fault: "delay", delayMs: 3_600_000 });
  const slow = lost(toss.confirm(order));
  await toss.get(order);
  await toss.sandbox.close();
  expect(await slow).toBe("lost");
});

test("decline aborts the payment with the code", async () => {
  await using toss = openTestSandbox();
  const order = await toss.authenticated();
  await toss.fault({
    operation: "confirm",
    fault: "decline",
    code: "INVALID_STOPPED_CARD",
    times: 1,
  });
  expect((await toss.confirm(order)).json["code"]).toBe("INVALID_STOPPED_CARD");
  expect((await toss.get(order)).json).toMatchObject({
    status: "ABORTED",
    failure: { code: "INVALID_STOPPED_CARD", message: "정지된 카드 입니다." },
  });
});

test("a declined cancel changes nothing", async () => {
  await using toss = openTestSandbox();
  const order = await toss.paid();
  await toss.fault({ operation: "cancel", fault: "decline", code: "REFUND_REJECTED", times: 1 });
  expect((await toss.cancel(order)).json["code"]).toBe("REFUND_REJECTED");
  expect((await toss.cancel(order)).json["status"]).toBe("CANCELED");
});

test("a decline without a code uses the default code of the operation", async () => {
  await using toss = openTestSandbox();
  const order = await toss.authenticated();
  await toss.fault({ operation: "confirm", fault: "decline", times: 1 });
  expect((await toss.confirm(order)).json["code"]).toBe("REJECT_CARD_PAYMENT");
  await toss.fault({ operation: "cancel", fault: "decline", times: 1 });
  const paid = await toss.paid();
  expect((await toss.cancel(paid)).json["code"]).toBe("REFUND_REJECTED");
});

test("stale returns the state before the last change, not_found returns 404", async () => {
  await using toss = openTestSandbox();
  const order = await toss.paid();
  await toss.fault({ operation: "find", fault: "stale", times: 1 });
  await toss.fault({ operation: "find", fault: "not_found", times: 1 });
  expect((await toss.get(order)).json).toMatchObject({ status: "IN_PROGRESS", approvedAt: null });
  expect((await toss.get(order)).status).toBe(404);
  expect((await toss.get(order)).json["status"]).toBe("DONE");
});

test("error_before and lose_response apply to queries too", async () => {
  await using toss = openTestSandbox();
  const order = await toss.paid();
  await toss.fault({ operation: "find", fault: "error_before", times: 1 });
  await toss.fault({ operation: "find", fault: "lose_response", times: 1 });
  expect((await toss.get(order)).status).toBe(500);
  expect(await lost(toss.get(order))).toBe("lost");
});

test("a fault can be limited to one payment or order", async () => {
  await using toss = openTestSandbox();
  const [one, two, three] = [await toss.paid(), await toss.paid(), await toss.paid()];
  const notFound = { operation: "find", fault: "not_found" };
  await toss.fault({ ...notFound, paymentKey: one.paymentKey });
  await toss.fault({ ...notFound, orderId: two.orderId });
  const statuses = [];
  for (const order of [one, two, three]) statuses.push((await toss.get(order)).status);
  expect(statuses).toEqual([404, 404, 200]);
});

test("rate is the share of affected calls, and DELETE removes all faults", async () => {
  await using toss = openTestSandbox();
  const order = await toss.paid();
  const notFound = { operation: "find", fault: "not_found" };
  await toss.fault({ ...notFound, rate: 0 });
  expect((await toss.get(order)).status).toBe(200);
  await toss.fault({ ...notFound, rate: 1 });
  for (let i = 0; i < 5; i++) expect((await toss.get(order)).status).toBe(404);
  await toss.send("/_sandbox/faults", { method: "DELETE" });
  expect((await toss.get(order)).status).toBe(200);
});

test("the buyer's choice in the window precedes other faults and applies once", async () => {
  await using toss = openTestSandbox();
  await toss.fault({ operation: "confirm", fault: "error_before", times: 1 });
  const order = await toss.authenticated({}, { fault: "lose_response" });
  expect((await toss.confirm({ ...order, amount: 1 })).status).toBe(500);
  expect(await lost(toss.confirm(order))).toBe("lost");
  expect((await toss.get(order)).json["status"]).toBe("DONE");
  const twice = await toss.authenticated({}, { fault: "error_before" });
  expect((await toss.confirm(twice)).status).toBe(500);
  expect((await toss.confirm(twice)).status).toBe(200);
});

test("rejects invalid faults with a sentence", async () => {
  await using toss = openTestSandbox();
  const refusals = [];
  for (const fault of [
    { operation: "confirm", fault: "stale" },
    { operation: "find", fault: "decline" },
    { operation: "confirm", fault: "delay" },
    { operation: "confirm", fault: "decline", code: "NO_SUCH" },
  ]) {
    const { status, json } = await toss.fault(fault);
    refusals.push(`${status} ${json["message"]}`);
  }
  expect(refusals).toEqual([
    "400 0: Only find can be stale or not_found.",
    "400 0: find cannot be declined.",
    "400 0: A delay needs delayMs.",
    '400 0.code: "NO_SUCH" is not an error code of Toss that the sandbox knows.',
  ]);
});
