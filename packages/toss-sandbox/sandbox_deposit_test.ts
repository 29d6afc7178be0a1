import { expect, test } from "bun:test";
import { openTestSandbox } from "./sandbox_fixture.ts";

async function waiting() {
  const toss = openTestSandbox();
  const order = await toss.paid({ method: "VIRTUAL_ACCOUNT" });
  const deposit = (body = {}) => toss.post(`/_sandbox/payments/${order.paymentKey}/deposit`, body);
  return { ...toss, order, deposit };
}

test("a deposit makes the payment DONE", async () => {
  await using toss = await waiting();
  const { status, json } = await toss.deposit();
  expect(status).toBe(200);
  expect(json).toMatchObject({
    status: "DONE",
    approvedAt: "2026-01-05T14:22:10+09:00",
    virtualAccount: { depositorName: "김토스" },
  });
  expect((await toss.deposit()).status).toBe(409);
  expect(await toss.audit()).toMatchObject([{ approvals: 1, heldAmount: 50_000 }]);
});

test("a reversed deposit returns the payment to WAITING_FOR_DEPOSIT", async () => {
  await using toss = await waiting();
  expect((await toss.deposit({ revert: true })).status).toBe(409);
  await toss.deposit();
  const { json } = await toss.deposit({ revert: true });
  expect(json).toMatchObject({ status: "WAITING_FOR_DEPOSIT", approvedAt: null });
  expect(await toss.audit()).toMatchObject([{ approvals: 0, heldAmount: 0 }]);
  await toss.deposit();
  expect(await toss.audit()).toMatchObject([{ approvals: 1, heldAmount: 50_000 }]);
});

test("an account past its due time shows expired and rejects deposits", async () => {
  await using toss = await waiting();
  toss.clock.now += 168 * 3_600_000 + 1;
  const { json } = await toss.get(toss.order);
  expect(json).toMatchObject({ status: "WAITING_FOR_DEPOSIT", virtualAccount: { expired: true } });
  const refused = await toss.deposit();
  expect(refused.status).toBe(409);
  expect(refused.json["message"]).toContain("due time has passed");
});

test("the due time comes from the shop's validHours or dueDate", async () => {
  await using toss = openTestSandbox();
  const method = "VIRTUAL_ACCOUNT";
  const dueDate = async (virtualAccount: object) => {
    const order = await toss.paid({ method, virtualAccount });
    return (await toss.get(order)).json["virtualAccount"].dueDate;
  };
  expect(await dueDate({ validHours: 24 })).toBe("2026-01-06T14:22:10+09:00");
  expect(await dueDate({ dueDate: "2026-01-07T12:00:00" })).toBe("2026-01-07T12:00:00+09:00");
});

test("the bank pays a refund out or refuses to, without a webhook", async () => {
  await using toss = await waiting();
  const payOut = (body = {}) =>
    toss.post(`/_sandbox/payments/${toss.order.paymentKey}/payout`, body);
  await toss.deposit();
  expect((await payOut()).status).toBe(409);
  await toss.post(`/_sandbox/payments/${toss.order.paymentKey}/cancel`, {
    cancelReason: "변심",
    refundReceiveAccount: { bank: "20", accountNumber: "1002123456789", holderName: "김토스" },
  });
  const status = async () => (await toss.get(toss.order)).json["virtualAccount"].refundStatus;
  expect(await status()).toBe("PENDING");
  expect((await payOut({ fails: true })).json["virtualAccount"].refundStatus).toBe("FAILED");
  expect(await status()).toBe("FAILED");
  await payOut();
  expect(await status()).toBe("COMPLETED");
});
