import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { sql } from "kysely";
import type { TestDatabase } from "@payflow/local-stack/testing";
import { openDatabase, type Database } from "@payflow/database";
import { accountsDatabase } from "./testing/accounts.ts";
import { sweepProgress } from "./sweep_progress.ts";

setDefaultTimeout(600_000);

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await accountsDatabase();
  db = openDatabase({ url: database.url, applicationName: "sweeps-test" });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

test("a sweep continues where any replica's sweep ended, and never moves back", async () => {
  const [one, other] = [sweepProgress(db.kysely, "payments"), sweepProgress(db.kysely, "payments")];
  expect(await one.read()).toBeUndefined();
  await one.advance("2026-01-05T05:10:00.000Z");
  await other.advance("2026-01-05T05:05:00.000Z");
  expect(await other.read()).toBe("2026-01-05T05:10:00.000Z");
  expect(await sweepProgress(db.kysely, "another").read()).toBeUndefined();
});

test("a sweep never moves beyond the database's time, even with a row dated in the future", async () => {
  const progress = sweepProgress(db.kysely, "ahead");
  const before = Date.now();
  for (let count = 0; count < 2; count++) {
    await progress.advance("2100-01-01T00:00:00.000Z");
    const doneUntil = Date.parse((await progress.read()) ?? "");
    expect(doneUntil).toBeGreaterThanOrEqual(before);
    expect(doneUntil).toBeLessThanOrEqual(Date.now());
  }
  await sql`update sweeps set done_until = '2100-01-01'`.execute(db.kysely);
  const read = Date.parse((await progress.read()) ?? "");
  expect(read).toBeLessThanOrEqual(Date.now());
});
