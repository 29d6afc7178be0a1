import { expect, test } from "bun:test";
import { openTestSandbox } from "./sandbox_fixture.ts";

const minute = 60_000;

test("confirm approves an authenticated payment", async () => {
  await using toss = openTestSandbox();
  const order = await toss.authenticated();
  const { status, json } = await toss.confirm(order);
  expect(status).toBe(200);
  expect(json).toMatchObject({
    paymentKey: order.paymentKey,
    orderId: order.orderId,
    status: "DONE",
    approvedAt: "2026-01-05T14:22:10+09:00",
    totalAmount: 50_000,
    method: "카드",
  });
  expect(json["lastTransactionKey"]).toMatch(/^txrd_a01[0-9a-z]{26}$/);
  expect(json["secret"]).toMatch(/^ps_\w{28}$/);
  expect(json["receipt"].url).toContain(order.paymentKey);
  expect((await toss.get(order)).json).toEqual(json);
});

test("confirm accepts the amount as a string, as in the success URL", async () => {
  await using toss = openTestSandbox();
  const order = await toss.authenticated();
  const { json } = await toss.confirm({ ...order, amount: "50000" });
  expect(json).toMatchObject({ status: "DONE", totalAmount: 50_000 });
});

test("confirm of a virtual account waits for the deposit", async () => {
  await using toss = openTestSandbox();
  const order = await toss.authenticated({ method: "VIRTUAL_ACCOUNT" });
  const { json } = await toss.confirm(order);
  expect(json).toMatchObject({
    status: "WAITING_FOR_DEPOSIT",
    approvedAt: null,
    receipt: null,
    virtualAccount: {
      bankCode: "20",
      customerName: "김토스",
      dueDate: "2026-01-12T14:22:10+09:00",
      expired: false,
    },
  });
  expect(json["virtualAccount"].accountNumber).toMatch(/^X\d{13}$/);
});

test("confirm rejects an unknown paymentKey", async () => {
  await using toss = openTestSandbox();
  const order = await toss.authenticated();
  const reply = await toss.confirm({ ...order, paymentKey: "tviva000" });
  expect([reply.status, reply.json["code"]]).toEqual([404, "NOT_FOUND_PAYMENT_SESSION"]);
});

test("confirm checks the key pair before the orderId", async () => {
  await using toss = openTestSandbox();
  const order = await toss.authenticated({ clientKey: "test_gck_other" });
  const reply = await toss.confirm({ ...order, orderId: "another-order" });
  expect([reply.status, reply.json["code"]]).toEqual([400, "INVALID_API_KEY"]);
  expect((await toss.get(order)).json["code"]).toBe("NOT_FOUND_PAYMENT");
});

test("confirm checks the orderId before the status", async () => {
  await using toss = openTestSandbox();
  const order = await toss.paid();
  const reply = await toss.confirm({ ...order, orderId: "another-order" });
  expect([reply.status, reply.json["code"]]).toEqual([404, "NOT_FOUND_PAYMENT_SESSION"]);
});

test("confirm rejects a processed payment: DONE, PARTIAL_CANCELED, CANCELED, WAITING_FOR_DEPOSIT, ABORTED", async () => {
  await using toss = openTestSandbox();
  const done = await toss.paid();
  const partly = await toss.paid();
  await toss.cancel(partly, { cancelAmount: 1 });
  const canceled = await toss.paid();
  await toss.cancel(canceled);
  const waiting = await toss.paid({ method: "VIRTUAL_ACCOUNT" });
  const aborted = await toss.authenticated({}, { fault: "decline" });
  await toss.confirm(aborted);
  for (const order of [done, partly, canceled, waiting, aborted]) {
    const { json: before } = await toss.get(order);
    const reply = await toss.confirm({ ...order, amount: 1 });
    expect([before["status"], reply.status, reply.json["code"]]).toEqual([
      before["status"],
      400,
      "ALREADY_PROCESSED_PAYMENT",
    ]);
    expect((await toss.get(order)).json).toEqual(before);
  }
  expect((await toss.audit()).map((row) => row["approvals"])).toEqual([1, 1, 1, 0, 0]);
});

test("confirm works until 10 minutes after the authentication", async () => {
  await using toss = openTestSandbox();
  const [inTime, late] = [await toss.authenticated(), await toss.authenticated()];
  toss.clock.now += 10 * minute;
  expect((await toss.confirm(inTime)).status).toBe(200);
  toss.clock.now += 1;
  const reply = await toss.confirm(late);
  expect([reply.status, reply.json["code"]]).toEqual([404, "NOT_FOUND_PAYMENT_SESSION"]);
  expect((await toss.get(late)).json).toMatchObject({
    status: "EXPIRED",
    approvedAt: null,
    method: null,
    useEscrow: null,
    secret: null,
    failure: { code: "EXPIRED_PAYMENT" },
  });
  expect((await toss.confirm(late)).json["code"]).toBe("NOT_FOUND_PAYMENT_SESSION");
});

test("an unused window expires after 30 minutes", async () => {
  await using toss = openTestSandbox();
  const order = await toss.open();
  toss.clock.now += 30 * minute;
  expect((await toss.get(order)).json["status"]).toBe("READY");
  toss.clock.now += 1;
  expect((await toss.get(order)).json["status"]).toBe("EXPIRED");
});

test("confirm rejects a payment without authentication", async () => {
  await using toss = openTestSandbox();
  const order = await toss.open();
  const reply = await toss.confirm(order);
  expect([reply.status, reply.json["code"]]).toEqual([404, "NOT_FOUND_PAYMENT_SESSION"]);
  expect((await toss.get(order)).json["status"]).toBe("READY");
});

test("confirm with a wrong amount changes nothing and returns the configured code", async () => {
  await using toss = openTestSandbox();
  const order = await toss.authenticated();
  const wrong = { ...order, amount: 49_999 };
  expect((await toss.confirm(wrong)).json["code"]).toBe("INVALID_REQUEST");
  await toss.post("/_sandbox/settings", { amountMismatchCode: "FORBIDDEN_REQUEST" });
  const reply = await toss.confirm(wrong);
  expect([reply.status, reply.json["code"]]).toEqual([403, "FORBIDDEN_REQUEST"]);
  expect((await toss.get(order)).json["status"]).toBe("IN_PROGRESS");
  expect((await toss.confirm(order)).json["status"]).toBe("DONE");
});

test("confirm rejects invalid bodies", async () => {
  await using toss = openTestSandbox();
  const order = await toss.authenticated();
  const codes = [];
  for (const body of [
    null,
    { ...order, amount: "5만원" },
    { ...order, amount: undefined },
    { ...order, paymentKey: undefined },
    { ...order, paymentKey: "x".repeat(201) },
    { ...order, paymentKey: ".." },
    { ...order, orderId: "a b c d" },
  ]) {
    const reply = await toss.api("/v1/payments/confirm", body);
    codes.push([reply.status, reply.json["code"]]);
  }
  expect(codes).toEqual([
    ...Array.from({ length: 4 }, () => [400, "INVALID_REQUEST"]),
    ...Array.from({ length: 2 }, () => [400, "INVALID_PAYMENT_KEY"]),
    [400, "INVALID_ORDER_ID"],
  ]);
});

test("twenty concurrent confirms produce one approval", async () => {
  await using toss = openTestSandbox();
  const order = await toss.authenticated();
  const replies = await Promise.all(Array.from({ length: 20 }, () => toss.confirm(order)));
  const statuses = replies.map((reply) => reply.status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  expect(await toss.audit()).toMatchObject([{ approvals: 1, heldAmount: 50_000 }]);
});
