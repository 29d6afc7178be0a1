import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { migrate, openDatabase, type Database } from "@payflow/database";
import { tuplesRead } from "@payflow/database/testing";
import { testDatabase, type TestDatabase } from "@payflow/local-stack/testing";
import { sql } from "kysely";
import type { InternalBody } from "@payflow/back-office";
import { paymentMigrations } from "./migrations.ts";
import { findWebhook, listWebhooks } from "./webhook_queries.ts";

setDefaultTimeout(600_000);

let database: TestDatabase;
let opened: Database;
const db = () => opened.kysely;

beforeAll(async () => {
  database = await testDatabase(async (url) => migrate(url, await paymentMigrations()), "payment");
  // one connection, because `tuplesRead` counts its reads
  opened = openDatabase({ url: database.url, applicationName: "payment-test", poolMax: 1 });
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});
beforeEach(() => sql`truncate webhooks`.execute(db()));

/** One in ten is unknown, one in ten waits, and each order has five; many arrive in the same microsecond. */
const fill = (count: number) =>
  sql`
  insert into webhooks (id, received_at, event_type, order_id, body, is_unknown, handled_at, next_at)
  select concat('w', n), '2026-01-05T00:00:00Z'::timestamptz + n / 7 * interval '1 second', 'PAYMENT_STATUS_CHANGED',
    concat('order-', n / 5), '{"data":{"status":"DONE","customerName":"Kim"}}', n % 10 = 0, case when n % 10 <> 1 then now() end,
    '2026-01-05T00:00:00Z'::timestamptz + n / 7 * interval '1 second'
  from generate_series(1, ${count}::integer) n`.execute(db());

async function all(page: InternalBody<"webhooks"> = {}): Promise<string[]> {
  const found: string[] = [];
  let after: string | null | undefined;
  while (after !== null) {
    const { rows, next } = await listWebhooks(db(), { ...page, after });
    found.push(...rows.map(({ id }) => id));
    after = next;
  }
  return found;
}

test("webhooks are listed in pages, newest first, each once: all, waiting ones, unknown ones, an order's", async () => {
  await fill(230);
  const rows = await all();
  expect(rows).toHaveLength(230);
  expect(new Set(rows).size).toBe(230);
  expect(rows.at(0)).toBe("w230");
  expect(new Set(await all({ state: "waiting" })).size).toBe(23);
  expect((await all({ state: "unknown" })).length).toBe(23);
  expect((await all({ orderId: "order-3" })).toSorted()).toEqual([
    "w15",
    "w16",
    "w17",
    "w18",
    "w19",
  ]);
});

test("listWebhooks() begins with the newest when the cursor's time is invalid", async () => {
  await fill(3);
  for (const time of ["2026-02-31T00:00:00", "2026-01-05T25:00:00", "0000-01-01T00:00:00"])
    expect((await listWebhooks(db(), { after: `${time}.000000Z w9` })).rows).toHaveLength(3);
});

test("findWebhook() returns a webhook with its masked body", async () => {
  await fill(3);
  expect(await findWebhook(db(), "w2")).toMatchObject({
    id: "w2",
    orderId: "order-0",
    body: '{"data":{"status":"DONE","customerName":"***"}}',
  });
  expect(await findWebhook(db(), "w9")).toBeUndefined();
});

test("each list reads a bounded number of rows among many", async () => {
  const pages: readonly InternalBody<"webhooks">[] = [
    {},
    { state: "waiting" },
    { state: "unknown" },
    { orderId: "order-3000" },
  ];
  const read = async (page: InternalBody<"webhooks">) => {
    const { next } = await listWebhooks(db(), page);
    return await tuplesRead(db(), () => listWebhooks(db(), { ...page, after: next ?? undefined }));
  };
  // keeps plans that were made on an empty table
  for (let times = 0; times < 7; times++) for (const page of pages) await read(page);
  await fill(40_000);
  for (const page of pages) expect(await read(page), JSON.stringify(page)).toBeLessThan(300);
});
