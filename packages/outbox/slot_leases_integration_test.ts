import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { sql } from "kysely";
import type { TestDatabase } from "@payflow/local-stack/testing";
import { openDatabase, type Database } from "@payflow/database";
import { accountsDatabase } from "./testing/accounts.ts";
import { slotCount } from "./slot_leases.ts";
import { createSlotLeases, leaseTtlMs, type SlotLeases } from "./slot_leases.ts";

setDefaultTimeout(600_000);

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await accountsDatabase();
  db = openDatabase({ url: database.url, applicationName: "leases-test" });
});
beforeEach(() => sql`delete from leases`.execute(db.kysely));
afterAll(async () => {
  await db.close();
  await database.drop();
});

const holder = () => createSlotLeases(db.kysely, crypto.randomUUID());
const slotsOf = (leases: SlotLeases) => leases.held().slots;

/** Simulates that this much time passes on the database's clock. */
const pass = (ms: number) =>
  sql`update leases set expires_at = expires_at - make_interval(secs => ${ms / 1000})`.execute(
    db.kysely,
  );

test("a single holder has every slot, until its lease expires", async () => {
  const only = holder();
  expect(only.held()).toEqual({ slots: [], untilMs: 0 });
  const before = performance.now();
  await only.renew();
  expect(slotsOf(only).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: slotCount }, (_, slot) => slot),
  );
  expect(only.held().untilMs).toBeGreaterThanOrEqual(before + leaseTtlMs);
  expect(only.held().untilMs).toBeLessThanOrEqual(performance.now() + leaseTtlMs);
});

test("later holders get their fair share, and no slot has two holders", async () => {
  const holders = [holder(), holder(), holder()];
  // the first holder releases slots at its next renewal, and the others take them then
  for (let round = 0; round < 3; round++) for (const leases of holders) await leases.renew();
  const slots = holders.flatMap(slotsOf);
  expect(slots).toHaveLength(slotCount);
  expect(new Set(slots).size).toBe(slotCount);
  for (const leases of holders) expect(slotsOf(leases).length).toBeLessThanOrEqual(6);
});

test("concurrent renewals never give one slot to two holders", async () => {
  for (let round = 0; round < 10; round++) {
    await sql`delete from leases`.execute(db.kysely);
    const holders = Array.from({ length: 4 }, holder);
    const results = await Promise.allSettled(holders.map((leases) => leases.renew()));
    expect(results.some(({ status }) => status === "fulfilled")).toBe(true);
    const slots = holders.flatMap(slotsOf);
    expect(new Set(slots).size).toBe(slots.length);
  }
});

test("another holder takes slots whose lease has expired", async () => {
  const [lost, heir] = [holder(), holder()];
  await lost.renew();
  await heir.renew();
  expect(slotsOf(heir)).toEqual([]);
  await pass(leaseTtlMs);
  await heir.renew();
  expect(slotsOf(heir)).toHaveLength(slotCount);
  await lost.renew();
  expect(slotsOf(lost)).toEqual([]);
});

test("released slots are free at once", async () => {
  const [first, second] = [holder(), holder()];
  await first.renew();
  await first.release();
  expect(first.held()).toEqual({ slots: [], untilMs: 0 });
  await second.renew();
  expect(slotsOf(second)).toHaveLength(slotCount);
});
