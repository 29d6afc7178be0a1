// The rows that a statement reads must not grow with the tables, even on a connection that planned it while they were
// empty or small, and before autovacuum has analyzed the larger tables.
import {
  afterAll,
  beforeAll,
  beforeEach,
  afterEach,
  expect,
  setDefaultTimeout,
  test,
} from "bun:test";
import { sql, type Kysely } from "kysely";
import type { TestDatabase } from "@payflow/local-stack/testing";
import { openDatabase, type Database } from "@payflow/database";
import { neverAnalyze, tuplesRead } from "@payflow/database/testing";
import { accounts, accountSave, accountsDatabase } from "./testing/accounts.ts";
import type { SaveResult } from "./save.ts";
import { createSaves } from "./saves.ts";

setDefaultTimeout(600_000);

const together = 20;
/** Look-ups of the row, its unique indexes and the message, with room for the statement's reads of its own rows. */
const readsEach = 10;

let database: TestDatabase;
let opened: Database;
let db: Kysely<never>;

beforeAll(async () => {
  database = await accountsDatabase();
});
beforeEach(() => {
  // each test has a connection of its own, so that it does not reuse an earlier plan
  opened = openDatabase({
    url: database.url,
    applicationName: "hot-statements",
    poolMax: 1,
    statementTimeoutMs: 300_000,
  });
  db = opened.kysely;
});
afterEach(() => opened.close());
afterAll(() => database.drop());

const newMessage = () => ({ id: crypto.randomUUID(), topic: "Test" });
const newClaim = () => ({ scope: "test", key: crypto.randomUUID(), requestHash: "#" });

/** Inserts the rows that saves would write. */
const fill = (count: number) =>
  sql`
  with filled as (
    insert into accounts (id, version, status, balance)
    select gen_random_uuid(), 1, 'OPEN', 1 from generate_series(1, ${count}::integer) returning id
  ), events as (
    insert into events (aggregate_id, version, event_id, slot, topic, payload)
    select id, 1, gen_random_uuid(), 0, 'AccountChanged', '{}' from filled
  ), waiting as (
    insert into waiting_events (slot, recorded_at, aggregate_id, version) select 0, now(), id, 1 from filled
  ), messages as (
    insert into inbox (message_id, topic) select gen_random_uuid(), 'Test' from filled
  ), claims as (
    insert into idempotency_keys (scope, key, request_hash, aggregate_id) select 'test', id, '#', id from filled
  )
  insert into history (aggregate_id, version, change_id, status, cause, actor, recorded_at)
  select id, 1, gen_random_uuid(), 'OPEN', 'test', 'system', now() from filled`.execute(db);

/** Runs every kind of save `together` times, as one statement or as one each. */
async function saveAll(
  gatherMax: number,
  count: (work: () => Promise<unknown>) => Promise<number>,
) {
  const save = createSaves(db, accounts, { gatherMax });
  const ids = Array.from({ length: together }, () => crypto.randomUUID());
  const reads: Record<string, number> = {};
  const all = async (
    what: string,
    result: SaveResult,
    make: (id: string) => Parameters<typeof save>[0],
  ) => {
    const saves = ids.map(make);
    reads[what] = await count(async () => {
      expect(new Set(await Promise.all(saves.map(save)))).toEqual(new Set([result]));
    });
    return saves;
  };
  const created = await all("create", "saved", (id) =>
    accountSave({ id, version: 1 }, { message: newMessage(), claim: newClaim() }),
  );
  await all("create again", "stale", (id) => accountSave({ id, version: 1 }));
  await all("change", "saved", (id) => accountSave({ id, version: 2 }, { message: newMessage() }));
  const messages = new Map(created.map(({ id, message }) => [id, message]));
  await all("handle again", "handled", (id) =>
    accountSave({ id, version: 3 }, { message: messages.get(id) }),
  );
  return reads;
}

const tables = ["accounts", "events", "waiting_events", "inbox", "history", "idempotency_keys"];

test.each([
  ["empty", together],
  ["empty", 1],
  ["small, and analyzed", together],
  ["small, and analyzed", 1],
])(
  "a save reads no more rows of tables with 51,000 rows that were %s when it was planned, %d in a statement",
  async (before, gatherMax) => {
    await sql`truncate ${sql.join(tables.map((table) => sql.table(table)))}`.execute(db);
    await neverAnalyze(db, tables);
    if (before !== "empty") {
      await fill(5);
      await sql`vacuum analyze`.execute(db);
    }
    // PostgreSQL can reuse a generic plan from the sixth execution on
    for (let times = 0; times < 8; times++)
      await saveAll(gatherMax, async (work) => Number(await work()));
    for (const more of [1_000, 50_000]) {
      await fill(more);
      const reads = await saveAll(gatherMax, (work) => tuplesRead(db, work));
      const tooMany = Object.entries(reads).filter(([, count]) => count > together * readsEach);
      expect(tooMany).toEqual([]);
    }
  },
);
