// The operator's console in a browser, with both services, Kafka and Toss's sandbox.
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { launchBrowser } from "@payflow/ui/testing";
import { eventually } from "@payflow/local-stack/testing";
import type { Browser, Page } from "playwright-core";
import postgres from "postgres";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let browser: Browser;
let shopper: ReturnType<typeof shopperOf>;
let orders: postgres.Sql;
let payments: postgres.Sql;
const pageErrors: string[] = [];

beforeAll(async () => {
  [stack, browser] = await Promise.all([testStack(), launchBrowser()]);
  shopper = shopperOf(stack);
  orders = postgres(stack.databases.order, { max: 1, onnotice() {} });
  payments = postgres(stack.databases.payment, { max: 1, onnotice() {} });
}, 600_000);
afterAll(async () => {
  await Promise.all([browser.close(), orders.end(), payments.end()]);
  await stack.close();
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  expect(pageErrors.splice(0)).toEqual([]);
});

/** Opens a page in a new browser context. */
async function visit(path: string): Promise<Page> {
  const viewport = { width: 1280, height: 900 };
  const context = await browser.newContext({ viewport, locale: "ko-KR" });
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  page.on("pageerror", (error) => pageErrors.push(error.message));
  page.on("console", (message) => {
    if (/content security policy|refused to/i.test(message.text())) pageErrors.push(message.text());
  });
  await page.goto(`${stack.url}${path}`);
  return page;
}

async function signIn(key = stack.merchantKey, to = "/admin"): Promise<Page> {
  const page = await visit(to);
  await page.getByLabel("API 키").fill(key);
  await page.getByRole("button", { name: "로그인" }).click();
  await page.waitForURL((url) => !url.pathname.endsWith("/sign-in"));
  return page;
}

async function search(page: Page, q: string): Promise<string[]> {
  await page.goto(`${stack.url}/admin/orders`);
  await page.getByRole("searchbox").fill(q);
  await page.getByRole("button", { name: "찾기" }).click();
  await page.waitForURL(/[?&]q=/);
  const links = await page.locator('td a[href^="/admin/orders/"]').all();
  return Promise.all(
    links.map(async (link) => (await link.getAttribute("href"))?.split("/").at(-1) ?? ""),
  );
}

const headingOf = (page: Page) => page.getByRole("heading", { level: 1 }).first();
const statusOf = async (orderId: string) => (await shopper.get(orderId)).status;

async function historyOf(sql: postgres.Sql, orderId: string, actor: string) {
  return sql<{ cause: string; reason: string | null }[]>`
    select cause, reason from history where aggregate_id = ${orderId} and actor = ${actor} order by version`;
}

test("the console needs a key, and shows an error for a wrong one", async () => {
  const page = await visit("/admin/orders");
  expect(new URL(page.url()).pathname).toBe("/admin/sign-in");
  await page.getByLabel("API 키").fill("pf_wrong");
  await page.getByRole("button", { name: "로그인" }).click();
  await page.getByText("쓸 수 없는 키입니다").waitFor();
  const response = await fetch(`${stack.url}/admin/orders.csv`, { redirect: "manual" });
  expect(response.status).toBe(303);
});

test("an order is found by e-mail, amount or a part of its paymentKey, and a partial refund shows on the shopper's page", async () => {
  const order = await shopper.place();
  const authenticated = await shopper.authenticate(order);
  expect((await shopper.confirm(authenticated)).status).toBe(200);
  const { orderId } = order;
  const page = await signIn();
  const { paymentKey } = authenticated;
  for (const q of ["kim@example.com", "KIM@ex", "김토스", "1,000원", orderId.slice(0, 13)])
    expect([q, (await search(page, q)).includes(orderId)]).toEqual([q, true]);
  for (const part of [paymentKey, paymentKey.slice(-9), paymentKey.slice(5, -1)])
    expect([part, await search(page, part)]).toEqual([part, [orderId]]);
  expect(await search(page, "nobody@example.com")).toEqual([]);

  const watching = await browser.newContext({ locale: "ko-KR" });
  const [name = "", value = ""] = shopper.sessionOf(orderId).Cookie.split(/=(.*)/s);
  await watching.addCookies([{ name, value, url: stack.url }]);
  const seen = await watching.newPage();
  await seen.goto(`${stack.url}/orders/${orderId}`);
  await headingOf(seen)
    .getByText(/결제가 완료되었습니다/)
    .waitFor();

  await page.goto(`${stack.url}/admin/orders/${orderId}`);
  await page.getByText("환불", { exact: true }).first().click();
  await page.getByLabel("일부 금액").check();
  await page.locator("#refund-amount").fill("400");
  await page.locator("#refund-reason").fill("고객 요청");
  await page.getByRole("button", { name: "환불 미리 보기" }).click();
  await page.getByText("600원").first().waitFor();
  await page.getByRole("button", { name: "400원 환불하기" }).click();
  await page.waitForURL(/done=refunded/);
  // the shopper's page updates without a reload
  await seen.getByText(/400원/).first().waitFor();
  await shopper.becomes(orderId, "PARTIALLY_REFUNDED");
  const done = await historyOf(payments, orderId, "key:merchant");
  expect(done.map(({ reason }) => reason)).toContain("고객 요청");
  expect(await shopper.heldByToss(orderId)).toMatchObject([{ balanceAmount: 600 }]);
});

test("a dead letter is replayed after its cause is fixed", async () => {
  const order = await shopper.place();
  const { orderId } = order;
  const authenticated = await shopper.authenticate(order);
  const isOpened = async () =>
    (await payments`select from payments where id = ${orderId}`).length > 0;
  await eventually(isOpened, { timeoutMs: 60_000, what: "the payment with the right amount" });
  await orders`update orders set amount_krw = amount_krw + 1 where id = ${orderId}`;
  await shopper.confirm(authenticated);
  const isDead = async () =>
    (await orders`select from dead_letters where key = ${orderId}`).length > 0;
  await eventually(isDead, { timeoutMs: 60_000, what: "the event to be a dead letter" });
  const page = await signIn();
  await page.getByText("처리하지 못한 메시지").first().waitFor();
  await orders`update orders set amount_krw = amount_krw - 1 where id = ${orderId}`;
  await page.goto(`${stack.url}/admin/events/dead-letters?q=${orderId}`);
  await page.locator("a.cause").first().click();
  await page.locator("summary", { hasText: "다시 처리" }).click();
  await page.getByRole("button", { name: "다시 처리" }).click();
  await page.waitForURL(/done=replayed/);
  await shopper.becomes(orderId, "CONFIRMED");
  const open = await orders`
    select from dead_letters where key = ${orderId} and replayed_at is null and discarded_at is null`;
  expect(open).toHaveLength(0);
  const audited = await orders`select actor from audit where action = 'dead_letter.replayed'`;
  expect(audited[0]).toEqual({ actor: "key:merchant" });
});

test("a difference from Toss's list is resolved with a reason", async () => {
  const order = await shopper.pay();
  const { orderId } = order;
  const [booked] =
    await payments`select payment_key from ledger_entries where order_id = ${orderId}`;
  const paymentKey = String(booked?.["payment_key"]);
  await payments`
    insert into ledger_entries (order_id, version, position, kind, amount_krw, occurred_at, payment_key)
    values (${orderId}, 99, 1, 'correction', -1, now(), ${paymentKey})`;
  const page = await signIn();
  const day = new Date(Date.now() + 9 * 60 * 60_000).toISOString().slice(0, 10);
  await page.goto(`${stack.url}/admin/money/${day}`);
  await page.getByRole("button", { name: "다시 비교" }).click();
  await page.waitForURL(/done|requested/);
  const open = () => payments<{ kind: string }[]>`
    select kind from reconciliation_exceptions where payment_key = ${paymentKey} and resolved_at is null`;
  const isFound = async () => (await open()).length > 0;
  await eventually(isFound, { timeoutMs: 120_000, what: "the difference to be found" });
  await page.goto(`${stack.url}/admin`);
  await page.getByText(/대사/).first().waitFor();
  await page.goto(`${stack.url}/admin/money/${day}`);
  await page.locator("summary", { hasText: "해결됨으로 표시" }).first().click();
  await page.getByLabel("사유").first().fill("시험으로 넣은 행");
  await page.getByRole("button", { name: "해결됨으로 표시" }).first().click();
  const isResolved = async () => (await open()).length === 0;
  await eventually(isResolved, { timeoutMs: 60_000, what: "the difference to be resolved" });
  const [row] = await payments`
    select reason from reconciliation_exceptions where payment_key = ${paymentKey}`;
  expect(row?.["reason"]).toBe("시험으로 넣은 행");
});

test("a key is rotated without a failed call", async () => {
  const page = await signIn();
  const create = async (name: string) => {
    await page.goto(`${stack.url}/admin/keys`);
    await page.locator("summary", { hasText: "새 키 만들기" }).click();
    await page.getByLabel("이름").fill(name);
    await page.getByRole("radio", { name: /^운영 / }).check();
    await page.getByRole("button", { name: "키 만들기" }).click();
    return (await page.getByText(/^pf_/).first().innerText()).trim();
  };
  let key = await create("pos-1");
  const statuses: number[] = [];
  const over = new AbortController();
  const calls = (async () => {
    while (!over.signal.aborted) {
      const headers = { Authorization: `Bearer ${key}` };
      const response = await fetch(`${stack.url}/api/orders?limit=1`, { headers });
      statuses.push(response.status);
      await response.arrayBuffer();
    }
  })();
  const old = key;
  key = await create("pos-2");
  const count = statuses.length;
  await eventually(() => statuses.length > count + 2, { what: "calls with the new key" });
  await page.goto(`${stack.url}/admin/keys`);
  const row = page.locator("tr", { hasText: "pos-1" });
  await row.locator("summary", { hasText: "폐기" }).click();
  await row.getByRole("button", { name: "폐기" }).click();
  await page.waitForURL(/done=/);
  over.abort();
  await calls;
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
  const refused = await fetch(`${stack.url}/api/orders`, {
    headers: { Authorization: `Bearer ${old}` },
  });
  expect(refused.status).toBe(401);
});

test("an operator ends another session, which is then signed out", async () => {
  const other = await signIn();
  const page = await signIn();
  await page.goto(`${stack.url}/admin/keys/sessions`);
  await page.locator("summary", { hasText: "끝내기" }).first().click();
  await page.getByRole("button", { name: "접속 끝내기" }).first().click();
  await page.waitForURL(/done=/);
  await other.goto(`${stack.url}/admin/orders`);
  expect(new URL(other.url()).pathname).toBe("/admin/sign-in");
  await page.goto(`${stack.url}/admin/orders`);
  expect(new URL(page.url()).pathname).toBe("/admin/orders");
});

test("a key of role read sees and changes nothing", async () => {
  const admin = {
    Authorization: `Bearer ${stack.merchantKey}`,
    "Content-Type": "application/json",
  };
  const made = await fetch(`${stack.url}/api/keys`, {
    method: "POST",
    headers: admin,
    body: JSON.stringify({ name: "reader", role: "read" }),
  });
  const { key } = (await made.json()) as { key: string };
  const { orderId } = await shopper.pay();
  const page = await signIn(key, `/admin/orders/${orderId}`);
  expect(await page.getByRole("button", { name: "환불 미리 보기" }).count()).toBe(0);
  const cookies = await page.context().cookies();
  const Cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  const post = (path: string, form: Record<string, string>) =>
    fetch(`${stack.url}/admin/orders/${orderId}${path}`, {
      method: "POST",
      headers: { Cookie, Origin: stack.url },
      body: new URLSearchParams(form),
      redirect: "manual",
    });
  const refund = { key: crypto.randomUUID(), extent: "all", sum: "1000", reason: "x" };
  for (const [path, form] of [
    ["/refund/confirm", refund],
    ["/cancel", { reason: "x" }],
    ["/query", {}],
    ["/erase", { reason: "x" }],
  ] as const)
    expect([path, (await post(path, form)).status]).toEqual([path, 403]);
  expect(await statusOf(orderId)).toBe("CONFIRMED");
  const csv = await (await fetch(`${stack.url}/admin/orders.csv`, { headers: { Cookie } })).text();
  expect(csv).toContain(orderId);
  expect(csv).not.toContain("kim@example.com");
});

test("the CSV contains exactly the orders of the filter", async () => {
  const { orderId } = await shopper.pay();
  const unpaid = await shopper.place();
  const page = await signIn();
  const cookies = await page.context().cookies();
  const Cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  const csv = async (query: string) =>
    (await fetch(`${stack.url}/admin/orders.csv?${query}`, { headers: { Cookie } })).text();
  const paid = await csv("q=kim@example.com&status=CONFIRMED");
  expect(paid).toContain(orderId);
  expect(paid).not.toContain(unpaid.orderId);
  expect(await csv("status=PENDING")).toContain(unpaid.orderId);
});

test("a form of another site changes nothing", async () => {
  const { orderId } = await shopper.place();
  const page = await signIn();
  const cookies = await page.context().cookies();
  const Cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  const response = await fetch(`${stack.url}/admin/orders/${orderId}/cancel`, {
    method: "POST",
    headers: { Cookie, Origin: "https://evil.example" },
    body: new URLSearchParams({ reason: "x" }),
    redirect: "manual",
  });
  expect(response.status).toBe(403);
  expect(await statusOf(orderId)).toBe("PENDING");
});
