import { expect, test } from "bun:test";
import { type Json, openTestSandbox } from "./sandbox_fixture.ts";

const session = {
  clientKey: "test_ck_sandbox",
  method: "CARD",
  amount: { currency: "KRW", value: 1_000 },
  orderId: "order-0001",
  orderName: "책상",
  successUrl: "http://shop.test/success?from=1",
  failUrl: "http://shop.test/fail",
};

async function opened() {
  const toss = openTestSandbox();
  const { paymentKey } = await toss.open(session);
  const act = (what: string, body?: object) =>
    toss.post(`/_sandbox/sessions/${paymentKey}/${what}`, body);
  return { ...toss, paymentKey, act };
}

test("a new session creates a READY payment and returns its window URL", async () => {
  await using toss = openTestSandbox();
  const { status, json } = await toss.post("/_sandbox/sessions", session);
  expect(status).toBe(201);
  expect(json["paymentKey"]).toMatch(/^tviva20260105142210[0-9A-Za-z]{5}$/);
  expect(json["windowUrl"]).toBe(`http://sandbox.test/window/${json["paymentKey"]}`);
  const { json: payment } = await toss.api(`/v1/payments/${json["paymentKey"]}`);
  expect(payment).toMatchObject({ status: "READY", method: null, card: null });
});

test("a thousand sessions in one second get distinct paymentKeys", async () => {
  await using toss = openTestSandbox();
  const keys = new Set<string>();
  for (let i = 0; i < 1_000; i++) keys.add((await toss.open()).paymentKey);
  expect(keys.size).toBe(1_000);
});

test("authenticate appends Toss's parameters in order to the query of successUrl", async () => {
  await using toss = await opened();
  const { json } = await toss.act("authenticate");
  expect(json["redirectUrl"]).toBe(
    `http://shop.test/success?from=1&paymentType=NORMAL&orderId=order-0001&paymentKey=${toss.paymentKey}&amount=1000`,
  );
  expect((await toss.act("authenticate")).json).toEqual(json);
});

test("cancel returns no orderId and leaves the payment READY", async () => {
  await using toss = await opened();
  const url = new URL((await toss.act("cancel")).json["redirectUrl"] as string);
  expect(url.searchParams.get("code")).toBe("PAY_PROCESS_CANCELED");
  expect(url.searchParams.has("orderId")).toBe(false);
  expect(await toss.audit()).toMatchObject([{ status: "READY" }]);
});

test("fail returns failUrl with code, message and orderId, and aborts the payment", async () => {
  await using toss = await opened();
  const { json } = await toss.act("fail", { code: "REJECT_CARD_COMPANY" });
  const { searchParams } = new URL(json["redirectUrl"] as string);
  expect([...searchParams.keys()]).toEqual(["code", "message", "orderId"]);
  expect(searchParams.get("code")).toBe("REJECT_CARD_COMPANY");
  expect(await toss.audit()).toMatchObject([{ status: "ABORTED" }]);
  for (const what of ["authenticate", "cancel", "fail"]) {
    expect((await toss.act(what)).status).toBe(409);
  }
});

test("rejects actions on an expired window and on an unknown one", async () => {
  await using toss = await opened();
  toss.clock.now += 31 * 60_000;
  const late = await toss.act("authenticate");
  expect(late.status).toBe(409);
  expect(late.json["message"]).toContain("the payment is EXPIRED");
  expect((await toss.post("/_sandbox/sessions/none/authenticate")).status).toBe(404);
});

test("rejects invalid sessions with Toss's codes", async () => {
  await using toss = openTestSandbox();
  const codes = [];
  for (const wrong of [
    { clientKey: "test_sk_sandbox" },
    { orderId: "short" },
    { orderName: "" },
    { method: "CASH" },
    { amount: { currency: "KRW", value: 0 } },
    { amount: { currency: "KRW", value: 99 } },
    { amount: { currency: "KRW", value: 1_000.5 } },
    { amount: { currency: "EUR", value: 1_000 } },
    { successUrl: "/success" },
    { failUrl: "javascript:alert(1)" },
    { customerKey: "a b" },
    { method: "TRANSFER", amount: { currency: "KRW", value: 10_000_001 } },
    { taxFreeAmount: 600, card: { taxExemptionAmount: 401 } },
    { card: { cardCompany: "NOBODY" } },
    { card: { easyPay: "NOPAY" } },
    { virtualAccount: { validHours: 1, dueDate: "2026-02-01T00:00:00" } },
    { virtualAccount: { validHours: 2_161 } },
  ]) {
    const reply = await toss.post("/_sandbox/sessions", { ...session, ...wrong });
    codes.push(`${reply.status} ${reply.json["code"]}`);
  }
  expect(codes).toEqual([
    "400 INVALID_CLIENT_KEY",
    "400 INVALID_ORDER_ID",
    "400 INVALID_ORDER_NAME",
    "400 NOT_SUPPORTED_METHOD",
    "400 BELOW_ZERO_AMOUNT",
    "400 BELOW_MINIMUM_AMOUNT",
    "400 INVALID_REQUEST",
    "400 INVALID_CURRENCY",
    "400 INCORRECT_SUCCESS_URL_FORMAT",
    "400 INCORRECT_FAIL_URL_FORMAT",
    "400 INVALID_CUSTOMER_KEY",
    "400 EXCEEDS_TRANSFER_AMOUNT_MAXIMUM",
    "400 INVALID_REQUEST",
    "400 INVALID_CARD_COMPANY",
    "400 INVALID_EASY_PAY",
    "400 INVALID_VALID_HOURS_WITH_DUE_DATE_AND_SINGLE",
    "400 EXCEED_MAX_VALID_HOURS",
  ]);
});

test("accepts values at a limit and rejects the next value", async () => {
  await using toss = openTestSandbox();
  const amount = { currency: "KRW", value: 50_000 };
  const installments = (cardInstallmentPlan: number, value = 50_000) => ({
    amount: { currency: "KRW", value },
    card: { cardInstallmentPlan },
  });
  const until = (dueDate: string) => ({ method: "VIRTUAL_ACCOUNT", virtualAccount: { dueDate } });
  const pairs = (count: number) => ({
    metadata: Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`key${index}`, "value"]),
    ),
  });
  const answers = [];
  for (const some of [
    installments(0),
    installments(2),
    installments(12),
    installments(1),
    installments(2.5),
    installments(13),
    installments(0, 49_999),
    installments(2, 49_999),
    { customerEmail: "kim@example.com" },
    { customerEmail: "kim" },
    { customerEmail: "kim@ example.com" },
    pairs(5),
    pairs(6),
    { metadata: { "key[0]": "value" } },
    { card: { flowMode: "DIRECT", cardCompany: "HYUNDAI" } },
    { card: { flowMode: "DIRECT", easyPay: "TOSSPAY" } },
    { card: { flowMode: "DIRECT" } },
    { card: { flowMode: "SIDEWAYS" } },
    until("2026-01-05T14:22:11"),
    until("2026-01-05T14:22:10"),
    until("2026-04-05T14:22:10"),
    until("2026-04-05T14:22:11"),
  ]) {
    const wanted = { ...session, amount, ...some };
    const { status, json } = await toss.post("/_sandbox/sessions", wanted);
    answers.push(status === 201 ? "opened" : json["code"]);
  }
  expect(answers).toEqual([
    "opened",
    "opened",
    "opened",
    "INVALID_CARD_INSTALLMENT_PLAN",
    "INVALID_CARD_INSTALLMENT_PLAN",
    "EXCEED_MAX_CARD_INSTALLMENT_PLAN",
    "opened",
    "NOT_SUPPORTED_MONTHLY_INSTALLMENT_PLAN_BELOW_AMOUNT",
    "opened",
    "INVALID_EMAIL",
    "INVALID_EMAIL",
    "opened",
    "INVALID_REQUEST",
    "INVALID_REQUEST",
    "opened",
    "opened",
    "INVALID_FLOW_MODE_PARAMETERS",
    "INVALID_FLOW_MODE_PARAMETERS",
    "opened",
    "INVALID_DATE",
    "opened",
    "EXCEED_MAX_DUE_DATE",
  ]);
});

test("checks a due time against the sandbox's clock", async () => {
  await using toss = openTestSandbox();
  await toss.post("/_sandbox/clock", { advanceMs: 24 * 3_600_000 });
  const { json } = await toss.post("/_sandbox/sessions", {
    ...session,
    method: "VIRTUAL_ACCOUNT",
    virtualAccount: { dueDate: "2026-01-06T12:00:00" },
  });
  expect(json["code"]).toBe("INVALID_DATE");
});

test("an error message is English with the field's path, or Toss's Korean text", async () => {
  await using toss = openTestSandbox();
  const refusal = async (headers: Record<string, string>) => {
    const body = JSON.stringify({ ...session, orderName: "" });
    const init = { method: "POST", body, headers };
    return (await toss.send("/_sandbox/sessions", init)).json["message"];
  };
  expect(await refusal({})).toStartWith("orderName: The order name must");
  expect(await refusal({ "accept-language": "ko" })).toBe("주문 이름은 100자 이하여야 합니다.");
});

test("another origin's page may open sessions and call nothing else", async () => {
  await using toss = openTestSandbox();
  const preflight = await toss.send("/_sandbox/sessions", {
    method: "OPTIONS",
    headers: { origin: "http://shop.test" },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
  const clock = await toss.send("/_sandbox/clock");
  expect(clock.headers.has("access-control-allow-origin")).toBe(false);
  const foreign = await toss.send("/_sandbox/state", {
    method: "DELETE",
    headers: { "sec-fetch-site": "cross-site" },
  });
  expect(foreign.status).toBe(403);
});

test("the audit list shows the amount that Toss holds for each payment, in pages", async () => {
  await using toss = openTestSandbox();
  const order = await toss.paid();
  await toss.cancel(order, { cancelAmount: 7_000 });
  await toss.open();
  await toss.open();
  expect((await toss.audit())[0]).toEqual({
    paymentKey: order.paymentKey,
    orderId: order.orderId,
    method: "CARD",
    status: "PARTIAL_CANCELED",
    totalAmount: 50_000,
    balanceAmount: 43_000,
    heldAmount: 43_000,
    approvals: 1,
    cancels: 1,
    refunds: [{ transactionKey: expect.any(String), amount: 7_000, reason: "변심", account: null }],
  });
  const first = (await toss.send("/_sandbox/payments?limit=2")).json;
  expect(first["payments"]).toHaveLength(2);
  const next = `/_sandbox/payments?limit=2&after=${first["next"]}`;
  const second = (await toss.send(next)).json;
  expect(second["payments"]).toHaveLength(1);
  expect(second["next"]).toBeNull();
});

test("advancing the clock expires overdue payments", async () => {
  await using toss = openTestSandbox();
  const order = await toss.open();
  const { json } = await toss.post("/_sandbox/clock", { advanceMs: 1_800_001 });
  expect(json).toEqual({ now: "2026-01-05T05:52:10.001Z", advancedMs: 1_800_001 });
  const { json: webhooks } = await toss.send("/_sandbox/webhooks");
  expect((webhooks["webhooks"] as Json[])[0]?.["paymentKey"]).toBe(order.paymentKey);
  expect((await toss.post("/_sandbox/clock", { advanceMs: -1 })).status).toBe(400);
});

test("DELETE /_sandbox/state deletes everything, including faults and clock", async () => {
  await using toss = openTestSandbox();
  const order = await toss.paid();
  await toss.fault({ operation: "find", fault: "not_found" });
  await toss.post("/_sandbox/clock", { advanceMs: 1_000 });
  await toss.post("/_sandbox/settings", { keepServerErrors: true });
  await toss.post("/_sandbox/webhooks", { drop: true });
  await toss.send("/_sandbox/state", { method: "DELETE" });
  expect(await toss.audit()).toEqual([]);
  expect((await toss.get(order)).status).toBe(404);
  expect((await toss.send("/_sandbox/faults")).json).toEqual({ faults: [] });
  expect((await toss.send("/_sandbox/clock")).json["advancedMs"]).toBe(0);
  expect((await toss.send("/_sandbox/settings")).json["keepServerErrors"]).toBe(false);
  expect((await toss.send("/_sandbox/webhooks")).json).toEqual({ switches: {}, webhooks: [] });
});

test("rejects invalid JSON and schema errors with one sentence", async () => {
  await using toss = openTestSandbox();
  const broken = await toss.send("/_sandbox/clock", { method: "POST", body: "{" });
  expect([broken.status, broken.json["message"]]).toEqual([400, "The body is not JSON."]);
  const wrong = await toss.post("/_sandbox/clock", { advanceMs: "1" });
  expect(wrong.json["message"]).toStartWith("advanceMs: Invalid type");
  expect((await toss.post("/_sandbox/settings", { nonsense: 1 })).status).toBe(400);
  expect((await toss.send("/_sandbox/payments?limit=x")).status).toBe(400);
  expect((await toss.send("/_sandbox/payments?limits=2")).status).toBe(400);
});

test("healthz returns ok", async () => {
  await using toss = openTestSandbox();
  expect((await toss.send("/healthz")).json).toEqual({ status: "ok" });
});
