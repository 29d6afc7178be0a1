import { expect, test } from "bun:test";
import { openTestSandbox, type Reply } from "./sandbox_fixture.ts";

const answer = (reply: Reply) => [reply.status, reply.json["code"]];
const account = { bank: "신한", accountNumber: "110123456789", holderName: "김토스" };

test("cancel without an amount refunds the whole balance", async () => {
  await using toss = openTestSandbox();
  const order = await toss.paid();
  const { status, json } = await toss.cancel(order);
  expect(status).toBe(200);
  expect(json).toMatchObject({
    status: "CANCELED",
    totalAmount: 50_000,
    balanceAmount: 0,
    suppliedAmount: 0,
    vat: 0,
    card: { acquireStatus: "CANCELED" },
    cancels: [{ cancelReason: "변심", cancelAmount: 50_000, refundableAmount: 0 }],
  });
  expect(json["cancels"][0].transactionKey).toBe(json["lastTransactionKey"]);
  expect(answer(await toss.cancel(order))).toEqual([400, "ALREADY_CANCELED_PAYMENT"]);
});

test("partial cancels leave PARTIAL_CANCELED even at balance 0", async () => {
  await using toss = openTestSandbox();
  const order = await toss.paid();
  const first = await toss.cancel(order, { cancelAmount: 20_000 });
  expect(first.json).toMatchObject({
    status: "PARTIAL_CANCELED",
    balanceAmount: 30_000,
    suppliedAmount: 27_273,
    vat: 2_727,
  });
  const last = await toss.cancel(order);
  expect(last.json).toMatchObject({ status: "PARTIAL_CANCELED", balanceAmount: 0 });
  expect(last.json["cancels"]).toHaveLength(2);
  expect(answer(await toss.cancel(order))).toEqual([403, "NOT_CANCELABLE_AMOUNT"]);
});

test("cancel rejects an unknown paymentKey before it validates the body", async () => {
  await using toss = openTestSandbox();
  const reply = await toss.api("/v1/payments/tviva000/cancel", {});
  expect(answer(reply)).toEqual([404, "NOT_FOUND_PAYMENT"]);
});

test("cancel rejects invalid bodies", async () => {
  await using toss = openTestSandbox();
  const order = await toss.paid();
  for (const body of [
    { cancelReason: undefined },
    { cancelReason: "" },
    { cancelReason: "x".repeat(201) },
    { cancelAmount: 0 },
    { cancelAmount: -1 },
    { cancelAmount: 0.5 },
    { cancelAmount: "many" },
  ]) {
    expect(answer(await toss.cancel(order, body))).toEqual([400, "INVALID_REQUEST"]);
  }
  expect((await toss.get(order)).json["cancels"]).toBeNull();
});

test("cancel rejects payments that were not approved", async () => {
  await using toss = openTestSandbox();
  const expired = await toss.open();
  toss.clock.now += 31 * 60_000;
  const aborted = await toss.authenticated({}, { fault: "decline" });
  await toss.confirm(aborted);
  for (const order of [expired, aborted, await toss.open(), await toss.authenticated()]) {
    expect(answer(await toss.cancel(order))).toEqual([403, "NOT_CANCELABLE_PAYMENT"]);
  }
});

test("cancel rejects a refundableAmount that differs from the balance", async () => {
  await using toss = openTestSandbox();
  const order = await toss.paid();
  const wrong = { cancelAmount: 1_000, refundableAmount: 49_000 };
  expect(answer(await toss.cancel(order, wrong))).toEqual([400, "NOT_MATCHES_REFUNDABLE_AMOUNT"]);
  const right = { cancelAmount: 1_000, refundableAmount: 50_000 };
  expect((await toss.cancel(order, right)).json["balanceAmount"]).toBe(49_000);
});

test("cancel rejects an amount above the balance", async () => {
  await using toss = openTestSandbox();
  const order = await toss.paid();
  const reply = await toss.cancel(order, { cancelAmount: 50_001 });
  expect(answer(reply)).toEqual([403, "NOT_CANCELABLE_AMOUNT"]);
  expect((await toss.get(order)).json["balanceAmount"]).toBe(50_000);
});

test("cancel of an unpaid virtual account rejects a partial amount", async () => {
  await using toss = openTestSandbox();
  const order = await toss.paid({ method: "VIRTUAL_ACCOUNT" });
  expect(answer(await toss.cancel(order, { cancelAmount: 1 }))).toEqual([
    403,
    "NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT",
  ]);
  const { json } = await toss.cancel(order);
  expect(json).toMatchObject({ status: "CANCELED", balanceAmount: 0 });
  expect(await toss.audit()).toMatchObject([{ heldAmount: 0, approvals: 0 }]);
});

test("cancel closes an unpaid account past its due time, unless a fault declines it", async () => {
  await using toss = openTestSandbox();
  const order = await toss.paid({ method: "VIRTUAL_ACCOUNT" });
  toss.clock.now += 169 * 3_600_000;
  const { json } = await toss.get(order);
  expect(json["virtualAccount"].expired).toBe(true);
  await toss.fault({
    operation: "cancel",
    fault: "decline",
    code: "NOT_CANCELABLE_PAYMENT",
    times: 1,
  });
  expect(answer(await toss.cancel(order))).toEqual([403, "NOT_CANCELABLE_PAYMENT"]);
  expect((await toss.get(order)).json["status"]).toBe("WAITING_FOR_DEPOSIT");
  expect((await toss.cancel(order)).json["status"]).toBe("CANCELED");
});

test("cancel after a deposit requires a valid refund account", async () => {
  await using toss = openTestSandbox();
  const order = await toss.paid({ method: "VIRTUAL_ACCOUNT" });
  await toss.post(`/_sandbox/payments/${order.paymentKey}/deposit`);
  const refused = [];
  for (const refundReceiveAccount of [
    undefined,
    { ...account, bank: "없는은행" },
    { ...account, accountNumber: "110-123" },
  ]) {
    const reply = await toss.cancel(order, { refundReceiveAccount });
    refused.push(answer(reply));
  }
  expect(refused).toEqual([
    [400, "INVALID_REFUND_ACCOUNT_INFO"],
    [400, "INVALID_BANK"],
    [400, "INVALID_REFUND_ACCOUNT_NUMBER"],
  ]);
  const { json } = await toss.cancel(order, { refundReceiveAccount: account });
  expect(json).toMatchObject({ status: "CANCELED", virtualAccount: { refundStatus: "PENDING" } });
  expect(await toss.audit()).toMatchObject([{ refunds: [{ account }] }]);
});

test("cancel rejects a partial amount of an escrow payment", async () => {
  await using toss = openTestSandbox();
  const order = await toss.paid({ card: { useEscrow: true } });
  expect((await toss.get(order)).json["isPartialCancelable"]).toBe(false);
  expect(answer(await toss.cancel(order, { cancelAmount: 1 }))).toEqual([
    403,
    "NOT_ALLOWED_PARTIAL_REFUND",
  ]);
  expect((await toss.cancel(order)).json["status"]).toBe("CANCELED");
});

test("rejects a second cancel while the first is in progress", async () => {
  await using toss = openTestSandbox();
  const order = await toss.paid();
  await toss.fault({ operation: "cancel", fault: "delay", delayMs: 3_600_000, times: 1 });
  void toss.cancel(order, { cancelAmount: 1_000 }).catch(() => "closed first");
  await toss.get(order); // after this call the slow cancel is in progress
  expect(answer(await toss.cancel(order, { cancelAmount: 1_000 }))).toEqual([
    403,
    "FORBIDDEN_CONSECUTIVE_REQUEST",
  ]);
  expect((await toss.get(order)).json["balanceAmount"]).toBe(50_000);
});

test("the 403 of a concurrent cancel is replayed under its key, like every 4xx", async () => {
  await using toss = openTestSandbox();
  const order = await toss.paid();
  const slow = { operation: "cancel", fault: "delay", delayMs: 50, times: 1 };
  await toss.fault(slow);
  const first = toss.cancel(order, { cancelAmount: 1_000 });
  await toss.get(order); // after this call the slow cancel is in progress
  const key = { "idempotency-key": "two" };
  const refused = await toss.cancel(order, { cancelAmount: 2_000 }, key);
  expect((await first).json["balanceAmount"]).toBe(49_000);
  const again = await toss.cancel(order, { cancelAmount: 2_000 }, key);
  expect([again.status, again.text]).toEqual([403, refused.text]);
});

test("a cancel reduces the tax-free amount", async () => {
  await using toss = openTestSandbox();
  const order = await toss.paid({ taxFreeAmount: 6_000 });
  expect((await toss.get(order)).json).toMatchObject({
    suppliedAmount: 40_000,
    vat: 4_000,
    taxFreeAmount: 6_000,
  });
  const partial = { cancelAmount: 17_000, taxFreeAmount: 6_000 };
  const { json } = await toss.cancel(order, partial);
  expect(json).toMatchObject({
    balanceAmount: 33_000,
    suppliedAmount: 30_000,
    vat: 3_000,
    taxFreeAmount: 0,
    cancels: [{ taxFreeAmount: 6_000 }],
  });
});

test("a refund above the taxed amount takes the rest from the untaxed amounts", async () => {
  await using toss = openTestSandbox();
  const order = await toss.paid({
    method: "TRANSFER",
    taxFreeAmount: 30_000,
    transfer: { taxExemptionAmount: 9_000 },
  });
  const first = await toss.cancel(order, { cancelAmount: 20_000 });
  expect(first.json).toMatchObject({
    suppliedAmount: 0,
    vat: 0,
    taxFreeAmount: 21_000,
    taxExemptionAmount: 9_000,
    cancels: [{ taxFreeAmount: 9_000, taxExemptionAmount: 0 }],
  });
  const second = await toss.cancel(order, { cancelAmount: 25_000 });
  expect(second.json).toMatchObject({
    suppliedAmount: 0,
    vat: 0,
    taxFreeAmount: 0,
    taxExemptionAmount: 5_000,
  });
  expect((await toss.cancel(order)).json).toMatchObject({
    balanceAmount: 0,
    suppliedAmount: 0,
    taxFreeAmount: 0,
    taxExemptionAmount: 0,
  });
});

test("a refund reduces the tax-free amount by at most its own amount", async () => {
  await using toss = openTestSandbox();
  const order = await toss.paid({ taxFreeAmount: 6_000 });
  const { json } = await toss.cancel(order, { cancelAmount: 1_000, taxFreeAmount: 6_000 });
  expect(json).toMatchObject({ taxFreeAmount: 5_000, suppliedAmount: 40_000 });
});

test("a refund in the merchant console skips API faults and is listed in cancels", async () => {
  await using toss = openTestSandbox();
  const order = await toss.paid();
  await toss.fault({ operation: "cancel", fault: "error_before" });
  const path = `/_sandbox/payments/${order.paymentKey}/cancel`;
  const byHand = await toss.post(path, { cancelReason: "창구", cancelAmount: 7_000 });
  expect(byHand.status).toBe(200);
  expect((await toss.get(order)).json["cancels"]).toMatchObject([
    { cancelReason: "창구", cancelAmount: 7_000 },
  ]);
  const tooMuch = await toss.post(path, { cancelReason: "창구", cancelAmount: 99_000 });
  expect(answer(tooMuch)).toEqual([409, "NOT_CANCELABLE_AMOUNT"]);
});
