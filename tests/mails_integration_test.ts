// Mails end to end: both services, Kafka, Toss's sandbox and a local mail server.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import postgres from "postgres";
import { testSmtpServer, type TestSmtpServer } from "@payflow/notifications/testing";
import { eventually } from "@payflow/local-stack/testing";
import { createLog } from "@payflow/shared/http";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let server: TestSmtpServer;
let shopper: ReturnType<typeof shopperOf>;
let orders: postgres.Sql;
const logged: string[] = [];

beforeAll(async () => {
  server = await testSmtpServer();
  const order = { SMTP_URL: server.url, MAIL_FROM: "상점 <help@shop.kr>" };
  const log = createLog("test", "info", { write: (line: string) => void logged.push(line) });
  stack = await testStack({ order, log });
  shopper = shopperOf(stack);
  orders = postgres(stack.databases.order, { max: 1 });
}, 600_000);
afterAll(async () => {
  await orders.end();
  await stack.close();
  await server.stop();
});

/** Waits for `count` mails of an order, and returns their texts. */
async function mailsOf(orderId: string, count: number): Promise<string[]> {
  return await eventually(
    () => {
      const mails = server.received.filter(({ messageId }) => messageId.includes(orderId));
      expect(mails).toHaveLength(count);
      return mails.map(({ data }) => textOf(data));
    },
    { timeoutMs: 60_000 },
  );
}

function textOf(data: string): string {
  const [, head = "", body = ""] =
    /Content-Type: text\/plain[^]*?\r\n((?:[\w-]+: .*\r\n)*)\r\n([^]*?)\r\n--/.exec(data) ?? [];
  if (/base64/i.test(head)) return Buffer.from(body, "base64").toString();
  const bytes = body
    .replaceAll("=\r\n", "")
    .replaceAll(/%/g, "%25")
    .replaceAll(/=([0-9A-F]{2})/g, "%$1");
  return /quoted-printable/i.test(head) ? decodeURIComponent(bytes) : body;
}

test("placing, payment and partial refund of an order send one mail each, with a link that opens the order", async () => {
  const order = await shopper.pay([{ productId: "keycaps", quantity: 1 }]);
  const { orderId } = order;
  await shopper.refund(orderId, { reason: "고객 요청", amount: 9000 });
  const [placed = "", paid = "", refunded = ""] = await mailsOf(orderId, 3);
  expect(placed).toContain("주문이 접수되었습니다");
  expect(paid).toContain("결제가 완료되었습니다");
  expect(paid).toContain("39,000원");
  expect(paid).toMatch(/영수증 보기: http/);
  expect(refunded).toContain("환불 금액: 9,000원");
  const [link = ""] = /http\S+\/orders\/\S+token=\S+/.exec(placed) ?? [];
  const opened = await fetch(link, { redirect: "manual" });
  expect([opened.status, opened.headers.get("location")]).toEqual([303, `/orders/${orderId}`]);
  const own = JSON.stringify(logged);
  expect(own).toContain("mail sent");
  expect(own).not.toMatch(/kim@example|김토스/);
});

test("the mails of a virtual account payment contain the account, and cancelling sends another mail", async () => {
  const order = await shopper.place([{ productId: "keycaps", quantity: 1 }]);
  const { orderId } = order;
  await shopper.confirm(await shopper.authenticate(order, { method: "VIRTUAL_ACCOUNT" }));
  await shopper.becomes(orderId, "AWAITING_DEPOSIT");
  const payment = await fetch(`${stack.url}/api/payments/${orderId}`, {
    headers: { Authorization: `Bearer ${stack.merchantKey}` },
  });
  const { virtualAccount } = (await payment.json()) as {
    virtualAccount: { accountNumber: string };
  };
  expect((await mailsOf(orderId, 2))[1]).toContain(virtualAccount.accountNumber);
  await shopper.cancel(orderId);
  expect((await mailsOf(orderId, 3))[2]).toContain("주문이 취소되었습니다");
});

test("the mail about a declined refund request contains the shop's answer", async () => {
  const { orderId } = await shopper.pay();
  const headers = { "Content-Type": "application/json" };
  const path = `${stack.url}/api/orders/${orderId}/refund-request`;
  await fetch(path, {
    method: "POST",
    headers: { ...headers, ...shopper.sessionOf(orderId) },
    body: JSON.stringify({ kind: "changed_mind" }),
  });
  const answer = "개봉한 상품은 환불이 어렵습니다";
  await fetch(`${path}/decline`, {
    method: "POST",
    headers: { ...headers, Authorization: `Bearer ${stack.merchantKey}` },
    body: JSON.stringify({ answer }),
  });
  expect((await mailsOf(orderId, 3))[2]).toContain(`상점 답변: ${answer}`);
});

test("erasing a customer deletes the mails of their orders", async () => {
  const { orderId } = await shopper.place();
  await mailsOf(orderId, 1);
  await shopper.cancel(orderId);
  await mailsOf(orderId, 2);
  const erased = await fetch(`${stack.url}/api/customers/erase`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${stack.merchantKey}` },
    body: JSON.stringify({ email: "kim@example.com" }),
  });
  expect(((await erased.json()) as { erased: string[] }).erased).toContain(orderId);
  expect(await orders`select from mails where order_id = ${orderId}`).toHaveLength(0);
});
