import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { sql } from "kysely";
import { testDatabase, type TestDatabase } from "@payflow/shared/testing";
import { tcpProxy, type TcpProxy } from "../testing/tcp_proxy.ts";
import { isConnectionLoss, openDatabase, type Database } from "./database.ts";

setDefaultTimeout(600_000);

let database: TestDatabase;
let proxy: TcpProxy;
let db: Database<never>;

beforeAll(async () => {
  database = await testDatabase(async () => {}, "empty");
  const url = new URL(database.url);
  proxy = await tcpProxy({ host: url.hostname, port: Number(url.port) });
  url.port = String(proxy.port);
  db = openDatabase({
    ...{ url: url.href, applicationName: "database-test", poolMax: 2 },
    statementTimeoutMs: 100,
  });
});
afterAll(async () => {
  await db.close();
  await proxy.close();
  await database.drop();
});

async function one<T>(query: ReturnType<typeof sql<{ value: T }>>): Promise<T> {
  const { rows } = await query.execute(db.kysely);
  return (rows[0] as { value: T }).value;
}

test("openDatabase() gives whole numbers, times in UTC and arrays as they are", async () => {
  const texts = ["", "a,b", 'say "no"', "back\\slash", "{}", "김\n치", "null"];
  expect(
    await one(sql<{ value: unknown }>`select ${texts}::text[] as value`),
  ).toEqual(texts);
  const numbers = [1, -2, Number.MAX_SAFE_INTEGER];
  expect(
    await one(sql<{ value: unknown }>`select ${numbers}::bigint[] as value`),
  ).toEqual(numbers);
  expect(
    await one(sql<{ value: unknown }>`select ${[3]}::smallint[] as value`),
  ).toEqual([3]);
  expect(
    await one(sql<{ value: unknown }>`select ${[]}::text[] as value`),
  ).toEqual([]);
  expect(
    await one(
      sql<{ value: unknown }>`select 9007199254740991::bigint as value`,
    ),
  ).toBe(Number.MAX_SAFE_INTEGER);
  const late = "2026-01-02T03:04:05.678+09:00";
  expect(
    await one(sql<{ value: unknown }>`select ${late}::timestamptz as value`),
  ).toBe("2026-01-01T18:04:05.678Z");
});

test("openDatabase() ends a statement at its limit and goes on with the connection", async () => {
  await expect(
    sql`select pg_sleep(10)`.execute(db.kysely),
  ).rejects.toMatchObject({ code: "57014" });
  expect(await one(sql<{ value: number }>`select 1 as value`)).toBe(1);
});

test("openDatabase() leaves connections behind that fell silent", async () => {
  const both = [1, 2].map(() => sql`select pg_sleep(0.05)`.execute(db.kysely));
  await Promise.all(both);
  proxy.freeze();
  const lost = await Promise.allSettled(
    [1, 2, 3].map(() => sql`select 1`.execute(db.kysely)),
  );
  // the third waited for a connection that was free of the two
  expect(
    lost.map((result) =>
      result.status === "rejected" ? isConnectionLoss(result.reason) : true,
    ),
  ).toEqual([true, true, true]);
  expect(await one(sql<{ value: number }>`select 1 as value`)).toBe(1);
});
