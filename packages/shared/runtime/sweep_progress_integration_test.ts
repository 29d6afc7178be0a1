import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { TestDatabase } from "@payflow/shared/testing";
import { accountsDatabase } from "./accounts_fixture.ts";
import { openDatabase, type Database } from "./database.ts";
import { sweepProgress } from "./sweep_progress.ts";

setDefaultTimeout(60_000);

let database: TestDatabase;
let db: Database<never>;

beforeAll(async () => {
  database = await accountsDatabase();
  db = openDatabase({ url: database.url, applicationName: "sweeps-test" });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

test("a sweep goes on where any replica's has ended, and never goes back", async () => {
  const [one, other] = [
    sweepProgress(db.kysely, "payments"),
    sweepProgress(db.kysely, "payments"),
  ];
  expect(await one.read()).toBeUndefined();
  await one.advance("2026-01-05T05:10:00.000Z");
  await other.advance("2026-01-05T05:05:00.000Z");
  expect(await other.read()).toBe("2026-01-05T05:10:00.000Z");
  expect(await sweepProgress(db.kysely, "another").read()).toBeUndefined();
});
