import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openTestSandbox } from "./sandbox_fixture.ts";

const all = "startDate=2026-01-01&endDate=2026-12-31T23:59:59";

test("lists approvals and cancels as separate rows, oldest first", async () => {
  await using toss = openTestSandbox();
  const order = await toss.paid();
  const { json: part } = await toss.cancel(order, { cancelAmount: 7_000 });
  const { json } = await toss.api(`/v1/transactions?${all}`);
  expect(json).toMatchObject([
    { paymentKey: order.paymentKey, status: "DONE", amount: 50_000, currency: "KRW" },
    {
      orderId: order.orderId,
      status: "PARTIAL_CANCELED",
      amount: 7_000,
      transactionKey: part["lastTransactionKey"],
      transactionAt: "2026-01-05T14:22:10+09:00",
    },
  ]);
});

test("startingAfter and limit page through all rows once", async () => {
  await using toss = openTestSandbox();
  for (let i = 0; i < 5; i++) await toss.paid();
  const keys: string[] = [];
  let path = `/v1/transactions?${all}&limit=2`;
  for (;;) {
    const { json } = await toss.api(path);
    const page = (json as unknown as { transactionKey: string }[]).map((row) => row.transactionKey);
    if (page.length === 0) break;
    keys.push(...page);
    path = `/v1/transactions?${all}&limit=2&startingAfter=${page.at(-1)}`;
  }
  expect(new Set(keys).size).toBe(5);
  expect(keys).toHaveLength(5);
});

test("a page does not count rows of another key pair", async () => {
  const folder = mkdtempSync(join(tmpdir(), "toss-sandbox-"));
  const databasePath = join(folder, "toss.sqlite");
  const others = openTestSandbox({ databasePath, clientKey: "test_ck_other" });
  const order = await others.authenticated({ clientKey: "test_ck_other" });
  await others.confirm(order);
  await others.cancel(order);
  await others.sandbox.close();
  await using toss = openTestSandbox({ databasePath });
  const [one, two] = [await toss.paid(), await toss.paid()];
  const { json } = await toss.api(`/v1/transactions?${all}&limit=2`);
  expect(json).toMatchObject([{ paymentKey: one.paymentKey }, { paymentKey: two.paymentKey }]);
  rmSync(folder, { recursive: true });
});

test("the list has its own rate limit", async () => {
  await using toss = openTestSandbox();
  await toss.post("/_sandbox/settings", { rateLimitPerMinute: 1 });
  const order = await toss.paid();
  const list = async () => (await toss.api(`/v1/transactions?${all}`)).status;
  expect([await list(), await list()]).toEqual([200, 429]);
  expect((await toss.get(order)).status).toBe(200);
});

test("lists only the requested period, both ends included", async () => {
  await using toss = openTestSandbox();
  await toss.paid();
  const count = async (startDate: string, endDate: string) => {
    const query = new URLSearchParams({ startDate, endDate });
    const { json } = await toss.api(`/v1/transactions?${query.toString()}`);
    return json["length"];
  };
  toss.clock.now += 999;
  await toss.paid();
  const at = "2026-01-05T14:22:10";
  expect(await count(at, at)).toBe(2);
  expect(await count(`${at}+09:00`, "2026-01-05T05:22:10Z")).toBe(2);
  expect(await count("2026-01-05", "2026-01-05T14:22:09")).toBe(0);
  expect(await count("2026-01-05T14:22:11", "2026-01-06")).toBe(0);
});

test("rejects invalid queries with Toss's codes", async () => {
  await using toss = openTestSandbox();
  const codes = [];
  for (const query of [
    "",
    "startDate=today&endDate=2026-01-01",
    `${all}&limit=5001`,
    `${all}&limit=0`,
    `${all}&startingAfter=unknown`,
  ]) {
    const reply = await toss.api(`/v1/transactions?${query}`);
    codes.push(`${reply.status} ${reply.json["code"]}`);
  }
  expect(codes).toEqual([
    "400 INVALID_REQUEST",
    "400 INVALID_ISO_DATE_FORMAT",
    "400 EXCEED_MAX_QUERY_LIMIT",
    "400 INVALID_REQUEST",
    "400 INVALID_PAGING_KEY",
  ]);
});
