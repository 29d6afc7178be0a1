import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { sql, type Kysely } from "kysely";
import { type TestDatabase } from "@payflow/local-stack/testing";
import { openDatabase, type Database } from "@payflow/database";
import { rowsExamined } from "@payflow/database/testing";
import { accountsDatabase } from "./testing/accounts.ts";
import { slotCount } from "./slot_leases.ts";
import { waitingRows, type WaitingKey } from "./waiting_events.ts";

setDefaultTimeout(600_000);

const published = 200_000;
const batchMax = 1_000;
const share = (2 * batchMax) / slotCount;
const slots = Array.from({ length: slotCount }, (_, slot) => slot);

let database: TestDatabase;
let opened: Database;
let db: Kysely<never>;

beforeAll(async () => {
  database = await accountsDatabase();
  opened = openDatabase({
    url: database.url,
    applicationName: "backlog-test",
    statementTimeoutMs: 60_000,
  });
  db = opened.kysely;
  await fill(published, false);
  // autovacuum would do this long before a table is that large
  await sql`vacuum analyze events`.execute(db);
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});

const originMs = Date.parse("2026-01-01T00:00:00Z");
/** The position of a row in `fill`. */
const numberOf = (row: WaitingKey | undefined) => Date.parse(row?.recorded_at ?? "") - originMs;

/** Inserts one event each of `count` aggregates, recorded one millisecond apart. */
const fill = (count: number, isWaiting: boolean) =>
  sql`
    with written as (
      insert into events (aggregate_id, version, event_id, slot, topic, payload, created_at)
      select gen_random_uuid(), 1, gen_random_uuid(), n % ${slotCount}::integer, 'Test', '{}', ${new Date(originMs).toISOString()}::text::timestamptz + make_interval(secs => n / 1000.0)
      from generate_series(1, ${count}::integer) n returning slot, created_at, aggregate_id, version
    )
    insert into waiting_events (slot, recorded_at, aggregate_id, version)
    select slot, created_at, aggregate_id, version from written where ${isWaiting}::boolean`.execute(
    db,
  );

const oldestRows = (except: readonly WaitingKey[]) =>
  waitingRows(slots, { except, exceptKeys: [], share, limit: batchMax });

test.each([10_000, 100_000])(
  "a relay with a backlog of %d reads only the rows that a batch needs",
  async (more) => {
    await sql`truncate waiting_events`.execute(db);
    await fill(more, true);
    for (const analyzed of [false, true]) {
      if (analyzed) await sql`analyze events, waiting_events`.execute(db);
      const { rows } = await oldestRows([]).execute(db);
      expect(numberOf(rows[0])).toBe(1);
      expect(rows).toHaveLength(batchMax);
      const next = await oldestRows(rows).execute(db);
      expect(numberOf(next.rows[0])).toBe(batchMax + 1);
      // each slot's share, the rows being sent, and the events of the resulting batch
      const needed = slotCount * share + 2 * batchMax;
      expect(await rowsExamined(oldestRows(rows), db)).toBeLessThanOrEqual(needed);
    }
  },
);
