import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { runPayflow } from "@payflow/operate/testing";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let shopper: ReturnType<typeof shopperOf>;
let env: Record<string, string>;

beforeAll(async () => {
  stack = await testStack();
  shopper = shopperOf(stack);
  env = {
    ...stack.kafka,
    ORDER_DATABASE_URL: stack.databases.order,
    PAYMENT_DATABASE_URL: stack.databases.payment,
    PUBLIC_URL: stack.url,
    PAYFLOW_API_KEY: stack.merchantKey,
  };
}, 600_000);
afterAll(() => stack.close());

type Row = Record<string, unknown>;
const payflow = (...words: string[]) => runPayflow(words, env);
const rows = async (...words: string[]) => (await payflow(...words)).json as Row[];
const one = async (...words: string[]) => (await payflow(...words)).json as Row;

test("orders list filters by status, time and e-mail, newest first", async () => {
  const [first, second, third] = [
    await shopper.place(),
    await shopper.place(),
    await shopper.place(),
  ];
  await shopper.cancel(second.orderId);
  const idsOf = async (...words: string[]) =>
    (await rows("orders", "list", ...words)).map(({ orderId }) => orderId);
  expect(await idsOf()).toEqual([third.orderId, second.orderId, first.orderId]);
  expect(await idsOf("--limit", "1")).toEqual([third.orderId]);
  expect(await idsOf("--status", "CANCELED")).toEqual([second.orderId]);
  expect(await idsOf("--email", "KIM@example.com")).toHaveLength(3);
  expect(await idsOf("--email", "lee@example.com")).toEqual([]);
  expect(await idsOf("--since", "1h")).toHaveLength(3);
  expect(await idsOf("--since", "2099-01-01")).toEqual([]);
  const [order] = await rows("orders", "list", "--limit", "1");
  expect(order).toEqual({
    orderId: third.orderId,
    orderNumber: third.orderNumber,
    merchantReference: null,
    status: "PENDING",
    orderName: "프리미엄 개발자 도구",
    amount: 1000,
    refundedAmount: 0,
    customerName: "김토스",
    customerEmail: "kim@example.com",
    createdAt: expect.any(String),
    confirmedAt: null,
  });
  await expect(rows("orders", "list", "--status", "CANCELLED")).rejects.toThrow(
    "Did you mean CANCELED?",
  );
  await expect(rows("orders", "list", "--since", "soon")).rejects.toThrow("which is not a time");
});

test("orders export writes all orders of a filter as CSV or JSON lines", async () => {
  const csv = (await payflow("orders", "export", "--csv", "--status", "CANCELED")).printed;
  const [head, line, ...rest] = csv.split("\r\n");
  expect(head).toBe(
    "\uFEFF주문번호,주문 ID,쇼핑몰 주문번호,주문일시,상태,주문명,금액,환불액,이름,이메일,결제일시",
  );
  expect(line).toMatch(
    /^\d{4}-\w{4},[0-9a-f-]{36},,20\d\d-\d\d-\d\d \d\d:\d\d:\d\d,CANCELED,프리미엄 개발자 도구,1000,0,김토스,kim@example.com,$/,
  );
  expect(rest).toEqual([""]);
  const { printed } = await payflow("orders", "export", "--jsonl");
  const lines = printed.trimEnd().split("\n");
  expect(lines.map((each) => JSON.parse(each) as Row)).toEqual(await rows("orders", "list"));
});

test("orders refund makes a partial refund once per key, and takes an order number", async () => {
  const { orderId } = await shopper.pay();
  const refund = ["orders", "refund", orderId, "--reason", "단순 변심"];
  const part = [...refund, "--amount", "400", "--yes"];
  const done = await one(...part);
  expect(done).toEqual({
    orderId,
    paymentStatus: "PARTIAL_CANCELED",
    refunded: 400,
    balanceAmount: 600,
    isOpen: false,
    idempotencyKey: expect.stringMatching(/^cli-[0-9a-f-]{36}$/),
  });
  const again = await one(...part, "--idempotency-key", String(done["idempotencyKey"]));
  expect(again).toMatchObject({ balanceAmount: 600 });
  await expect(payflow(...part, "--amount", "400")).rejects.toThrow("--amount is given twice");
  await expect(payflow(...refund, "--amount", "601", "--yes")).rejects.toThrow(
    "amount_exceeds_balance",
  );
  // without a terminal --yes is needed
  await expect(payflow(...refund)).rejects.toThrow(
    "₩600 of order " +
      orderId +
      " (프리미엄 개발자 도구) will be refunded: ₩1,000 in all, ₩600 held, ₩0 will remain.",
  );
  // as spoken on the phone
  const typed = (await shopper.get(orderId)).orderNumber.toLowerCase().replace("-", " ");
  const byNumber = ["orders", "refund", typed, "--reason", "단순 변심", "--yes"];
  expect(await one(...byNumber)).toMatchObject({ orderId, refunded: 600, balanceAmount: 0 });
  await expect(payflow("orders", "cancel", "0101-2222", "--yes")).rejects.toThrow(
    'There is no order "0101-2222"',
  );
  await expect(payflow(...refund, "--yes")).rejects.toThrow("has no balance to refund");
  // a late deposit for a closed order is not in the balance, so --account still calls the API
  const account = ["--account", "88:11012345678901:김토스"];
  await expect(payflow(...refund, ...account, "--yes")).rejects.toThrow("payment_not_refundable");
  expect(await shopper.get(orderId)).toMatchObject({ status: "REFUNDED", refundedAmount: 1000 });
});

test("orders show has the order, its payment, its ledger and its history with actors", async () => {
  const { orderId } = await shopper.pay();
  await payflow("orders", "refund", orderId, "--reason", "품절", "--amount", "300", "--yes");
  await shopper.becomes(orderId, "PARTIALLY_REFUNDED");
  const { json, text } = await payflow("orders", "show", orderId.toUpperCase());
  expect(json).toMatchObject({
    order: { orderId, status: "PARTIALLY_REFUNDED", refundedAmount: 300 },
    payment: { status: "PARTIAL_CANCELED", heldAmount: 700 },
    ledger: [
      { kind: "capture", amount: 1000, method: "카드" },
      { kind: "refund", amount: -300 },
    ],
    history: expect.arrayContaining([
      expect.objectContaining({ part: "order", status: "PENDING", actor: "shopper" }),
      // several operators may share one admin key, so the command line's user is recorded
      expect.objectContaining({
        part: "payment",
        reason: "품절",
        actor: expect.stringMatching(/^cli:./),
      }),
    ]),
  });
  for (const part of [orderId, "Money (kept: ₩700)", "품절", "shopper", "OrderConfirmed"])
    expect(text).toContain(part);
  const { orderNumber } = await shopper.get(orderId);
  expect(text).toContain(orderNumber);
  const typed = orderNumber.toLowerCase().replace("-", "");
  expect((await payflow("orders", "show", typed)).json).toMatchObject({ order: { orderId } });
  const unknown = "019ab2c4-7d10-7c3e-9f52-6a1b0c8d4e2f";
  await expect(payflow("orders", "show", unknown)).rejects.toThrow("There is no order");
  await expect(payflow("orders", "show", "1")).rejects.toThrow(
    '"1" is not an order\'s number or id',
  );
});

test("orders cancel can be repeated, and rejects a paid order", async () => {
  const { orderId } = await shopper.place();
  await expect(payflow("orders", "cancel", orderId)).rejects.toThrow("add --yes to agree");
  expect(await shopper.get(orderId)).toMatchObject({ status: "PENDING" });
  for (const _ of [1, 2])
    expect(await one("orders", "cancel", orderId, "--yes")).toEqual({
      orderId,
      status: "CANCELED",
    });
  const paid = await shopper.pay();
  await expect(payflow("orders", "cancel", paid.orderId, "--yes")).rejects.toThrow(
    "order_not_cancelable",
  );
  const wrongKey = { ...env, PAYFLOW_API_KEY: "wrong" };
  await expect(runPayflow(["orders", "cancel", orderId, "--yes"], wrongKey)).rejects.toThrow(
    "The order service refused (401",
  );
});

test("payments query queries Toss and shows the payment's state", async () => {
  const { orderId } = await shopper.pay();
  const { orderNumber } = (await one("orders", "show", orderId))["order"] as Row;
  expect(await one("payments", "query", orderId)).toMatchObject({
    orderId,
    paymentStatus: "DONE",
    heldAmount: 1000,
    open: 0,
  });
  expect(await one("payments", "query", orderNumber as string)).toMatchObject({ orderId });
});
