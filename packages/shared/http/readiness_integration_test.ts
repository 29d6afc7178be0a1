import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { sql } from "kysely";
import { eventually, type TestDatabase } from "@payflow/local-stack/testing";
import { accountsDatabase } from "@payflow/outbox/testing";
import { openDatabase, type Database } from "@payflow/database";
import { writeCheck } from "@payflow/outbox";
import { healthRoutes } from "./readiness.ts";

setDefaultTimeout(600_000);

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await accountsDatabase();
  db = openDatabase({ url: database.url, applicationName: "readiness-test" });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const app = (kysely = db.kysely) =>
  healthRoutes({
    needed: { database: writeCheck(kysely) },
    others: { kafka: async () => {} },
    isStopping: () => false,
  });

async function readinessOf(routes: ReturnType<typeof app>) {
  const response = await routes.request("/readyz");
  return { code: response.status, ...(await response.json()) };
}

test("a service is not ready while the disk is full, and ready again after that", async () => {
  const routes = app();
  expect(await readinessOf(routes)).toMatchObject({ code: 200, status: "ready" });
  await sql`create function disk_full() returns trigger language plpgsql as $$ begin
    raise exception 'could not extend file' using errcode = '53100'; end $$`.execute(db.kysely);
  await sql`create trigger disk_full before insert on readiness execute function disk_full()`.execute(
    db.kysely,
  );
  await eventually(async () =>
    expect(await readinessOf(routes)).toEqual({
      code: 503,
      status: "down",
      parts: { database: "down", kafka: "ready" },
    }),
  );
  await sql`drop trigger disk_full on readiness`.execute(db.kysely);
  await eventually(async () => expect((await readinessOf(routes)).code).toBe(200));
});

test("a service is not ready on a read-only server", async () => {
  const url = new URL(database.url);
  url.searchParams.set("options", "-c default_transaction_read_only=on");
  const standby = openDatabase({ url: url.href, applicationName: "readiness-standby" });
  expect(await readinessOf(app(standby.kysely))).toMatchObject({ code: 503 });
  await standby.close();
});

test("concurrent checks share one write, which needs space on the disk", async () => {
  const check = writeCheck(db.kysely);
  const facts = async () => {
    const { rows } = await sql<{ written: string; spilled: number }>`
      select written_at as written, (select temp_files::int from pg_stat_database where datname = current_database()) as spilled
      from readiness`.execute(db.kysely);
    return rows[0];
  };
  const before = await facts();
  await Promise.all(Array.from({ length: 50 }, check));
  const first = await facts();
  await check();
  expect((await facts())?.written).toBe(first?.written as string);
  // PostgreSQL updates its statistics with a delay
  await eventually(async () => {
    await check();
    expect((await facts())?.spilled).toBeGreaterThan(before?.spilled ?? 0);
  });
});

test("readiness() names the part that is down: 503 for a needed one, degraded for another", async () => {
  const away = () => Promise.reject(new Error("away"));
  const here = async () => {};
  const silent = () => new Promise<never>(() => {});
  const cases = [
    [here, here, false, 200, "ready"],
    [here, away, false, 200, "degraded"],
    [here, silent, false, 200, "degraded"],
    [away, here, false, 503, "down"],
    [silent, here, false, 503, "down"],
    [here, here, true, 503, "stopping"],
  ] as const;
  await Promise.all(
    cases.map(async ([database, kafka, isStopping, code, status]) => {
      const routes = healthRoutes({
        needed: { database },
        others: { kafka },
        isStopping: () => isStopping,
      });
      expect(await readinessOf(routes)).toMatchObject({ code, status });
    }),
  );
});
