import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { sql, type Kysely } from "kysely";
import { type TestDatabase } from "@payflow/local-stack/testing";
import { rowsLookedAt } from "./testing/rows_looked_at.ts";
import { accountsDatabase } from "./testing/accounts.ts";
import { openDatabase, type Database } from "./database.ts";
import { slotCount } from "./outbox.ts";
import { waitingRows } from "./outbox_relay.ts";

setDefaultTimeout(600_000);

const published = 200_000;
const batchMax = 1_000;
const share = (2 * batchMax) / slotCount;
const slots = Array.from({ length: slotCount }, (_, slot) => slot);

let database: TestDatabase;
let opened: Database<never>;
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
  // as PostgreSQL does by itself long before a table is that large
  await sql`vacuum analyze events`.execute(db);
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});

const fill = (count: number, isWaiting: boolean) =>
  sql`
    with written as (
      insert into events (aggregate_id, version, event_id, slot, topic, payload)
      select gen_random_uuid(), 1, gen_random_uuid(), n % ${slotCount}::integer, 'Test', '{}'
      from generate_series(1, ${count}::integer) n returning slot, aggregate_id, version
    )
    insert into waiting_events (slot, aggregate_id, version)
    select slot, aggregate_id, version from written where ${isWaiting}::boolean`.execute(db);

const oldestRows = (except: readonly number[]) =>
  waitingRows(slots, { except, exceptKeys: [], share, limit: batchMax });

test.each([10_000, 100_000])(
  "of a backlog of %d behind all that was published, a relay looks at as much as a batch needs",
  async (more) => {
    await sql`truncate waiting_events restart identity`.execute(db);
    await fill(more, true);
    for (const analyzed of [false, true]) {
      if (analyzed) await sql`analyze events, waiting_events`.execute(db);
      const { rows } = await oldestRows([]).execute(db);
      expect(rows[0]?.seq).toBe(1);
      expect(rows).toHaveLength(batchMax);
      const underWay = rows.map((row) => row.seq);
      const next = await oldestRows(underWay).execute(db);
      expect(next.rows[0]?.seq).toBe(batchMax + 1);
      // every slot's share, the rows under way, and the events of the batch that is taken of them all
      const needed = slotCount * share + 2 * batchMax;
      expect(await rowsLookedAt(oldestRows(underWay), db)).toBeLessThanOrEqual(needed);
    }
  },
);
