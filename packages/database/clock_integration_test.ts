import { afterAll, beforeAll, expect, setDefaultTimeout, spyOn, test } from "bun:test";
import { eventually, testDatabase, type TestDatabase } from "@payflow/local-stack/testing";
import { databaseClock } from "./clock.ts";
import { openDatabase, type Database } from "./database.ts";
import { silentLog } from "./log.ts";

setDefaultTimeout(600_000);

const hourMs = 3_600_000;
let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await testDatabase(async () => {}, "empty");
  db = openDatabase({ url: database.url, applicationName: "clock-test" });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const timeOf = (clock: { now(): string }) => Date.parse(clock.now());

test("a step of this computer's clock does not move the shared one", async () => {
  const clock = await databaseClock(db.kysely, silentLog);
  const before = timeOf(clock);
  const computers = Date.now;
  const stepped = spyOn(Date, "now").mockImplementation(() => computers() + hourMs);
  try {
    expect(timeOf(clock) - before).toBeLessThan(hourMs / 2);
  } finally {
    stepped.mockRestore();
  }
});

test("a steady clock that stopped while the computer slept is measured again at once", async () => {
  const clock = await databaseClock(db.kysely, silentLog);
  clock.worker.start();
  const steady = performance.now.bind(performance);
  const behind = spyOn(performance, "now").mockImplementation(() => steady() - hourMs);
  try {
    await eventually(() => expect(Date.now() - timeOf(clock)).toBeLessThan(hourMs / 2));
  } finally {
    behind.mockRestore();
    await clock.worker.stop();
  }
});
