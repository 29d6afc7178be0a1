import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { testDatabase, type TestDatabase } from "@payflow/local-stack/testing";
import { judgeServer, startDatabase } from "./start_database.ts";
import { keptLog } from "./testing/kept_log.ts";

setDefaultTimeout(600_000);

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase(async () => {}, "empty");
});
afterAll(() => database.drop());

const start = (url: string, log = keptLog().log) =>
  startDatabase({ url, applicationName: "start-test", migrations: [], log });

test("startDatabase() warns of a superuser, and sets synchronous_commit", async () => {
  const { log, lines } = keptLog();
  const url = new URL(database.url);
  url.searchParams.set("options", "-c synchronous_commit=off");
  const started = await start(url.href, log);
  await started.database.close();
  expect(lines.map(({ message }) => message)).toContainEqual(
    expect.stringContaining("is a superuser"),
  );
});

test("startDatabase() fails if commits are acknowledged too early and it can't change that", async () => {
  const url = new URL(database.url);
  url.searchParams.set("pgbouncer", "true");
  url.searchParams.set("options", "-c synchronous_commit=off");
  await expect(start(url.href)).rejects.toThrow("alter role … set synchronous_commit = on");
});

test.each([
  ["fsync", { fsync: "off" }],
  ["full_page_writes", { full_page_writes: "off" }],
])("judgeServer() logs an error when %s is off", (name, change) => {
  const { log, lines } = keptLog();
  const well = { fsync: "on", full_page_writes: "on", is_superuser: false };
  judgeServer({ ...well, synchronous_commit: "on", ...change }, log);
  expect(lines).toEqual([
    expect.objectContaining({
      level: "error",
      message: expect.stringContaining(`${name} is off`),
    }),
  ]);
});
