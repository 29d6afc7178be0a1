import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { sql, type Kysely } from "kysely";
import postgres from "postgres";
import type { TestDatabase } from "@payflow/local-stack/testing";
import { openDatabase, type Database } from "@payflow/database";
import { accountsDatabase } from "./testing/accounts.ts";
import { messageRetention, pruneOnce } from "./retention.ts";

setDefaultTimeout(600_000);

let database: TestDatabase;
let opened: Database;
let db: Kysely<never>;

beforeAll(async () => {
  database = await accountsDatabase();
  opened = openDatabase({
    url: database.url,
    applicationName: "retention",
    statementTimeoutMs: 600_000,
  });
  db = opened.kysely;
});
beforeEach(() => sql`truncate events, waiting_events, inbox, idempotency_keys, leases`.execute(db));
afterAll(async () => {
  await opened.close();
  await database.drop();
});

/** Inserts `count` rows of the same age into each table. */
async function fill(name: string, days: number, count = 1): Promise<void> {
  const at = sql`now() - make_interval(hours => ${Math.round(days * 24)}::integer)`;
  const each = sql`from generate_series(1, ${count}::integer) n`;
  await sql`
    insert into events (aggregate_id, version, event_id, slot, topic, payload, created_at)
    select gen_random_uuid(), 1, gen_random_uuid(), 0, ${name}, '{}', ${at} ${each}`.execute(db);
  await sql`
    insert into inbox (message_id, topic, taken_at) select gen_random_uuid(), ${name}, ${at} ${each}`.execute(
    db,
  );
  await sql`
    insert into idempotency_keys (scope, key, request_hash, aggregate_id, created_at)
    select ${name}, n, '#', gen_random_uuid(), ${at} ${each}`.execute(db);
}

async function names(table: string, column: string): Promise<unknown[]> {
  const { rows } = await sql<{ name: string }>`
    select distinct ${sql.ref(column)} as name from ${sql.table(table)} order by name`.execute(db);
  return rows.map(({ name }) => name);
}

async function pruneAll(): Promise<number[]> {
  const gone: number[] = [];
  do gone.push(await pruneOnce(db, messageRetention));
  while (gone.at(-1) !== 0);
  return gone;
}

const hour = 1 / 24;

test("pruneOnce() deletes rows past their retention, and keeps younger rows and events not sent yet", async () => {
  await fill("15 days and more", 15 + hour);
  await fill("nearly 15 days", 15 - hour);
  await fill("30 days and more", 30 + hour);
  await fill("nearly 30 days", 30 - hour);
  await sql`
    with event as (
      insert into events (aggregate_id, version, event_id, slot, topic, payload, created_at)
      values (gen_random_uuid(), 1, gen_random_uuid(), 0, 'never sent', '{}', now() - interval '1 year')
      returning slot, created_at, aggregate_id, version
    )
    insert into waiting_events (slot, recorded_at, aggregate_id, version) select * from event`.execute(
    db,
  );
  await pruneAll();
  const young = ["15 days and more", "nearly 15 days", "nearly 30 days"];
  expect(await names("events", "topic")).toEqual([...young, "never sent"]);
  expect(await names("inbox", "topic")).toEqual(young);
  expect(await names("idempotency_keys", "scope")).toEqual(["nearly 15 days"]);
});

test("pruneOnce() deletes a limited number of rows per table and step", async () => {
  await fill("old", 40, 2_500);
  await fill("young", 1, 10);
  expect(await pruneAll()).toEqual([3_000, 3_000, 1_500, 0]);
  expect(await names("events", "topic")).toEqual(["young"]);
});

test("pruneOnce() finds old rows by the index in a large table", async () => {
  await fill("young", 1, 500);
  const tables = ["events", "inbox", "idempotency_keys"];
  for (const table of tables) {
    await sql`analyze ${sql.table(table)}`.execute(db);
    // so large that the planner prefers a scan from the beginning to the index
    await sql`
      select pg_restore_relation_stats('schemaname', 'public', 'relname', ${table}::text,
        'relpages', 1, 'reltuples', 200000::real)`.execute(db);
  }
  const scans = async () => {
    const { rows } = await sql<{ count: number }>`
      select sum(seq_scan)::integer as count from pg_stat_user_tables
      where relname = any(${tables}::text[])`.execute(db);
    return rows[0]?.count;
  };
  const large = openDatabase({ url: database.url, applicationName: "large", poolMax: 1 });
  try {
    const before = await scans();
    expect(await pruneOnce(large.kysely, messageRetention)).toBe(0);
    await sql`select pg_stat_force_next_flush()`.execute(large.kysely);
    await sql`select 1`.execute(large.kysely);
    expect(await scans()).toBe(before as number);
  } finally {
    await large.close();
  }
});

test("pruneOnce() skips a row that another transaction has locked", async () => {
  await fill("old", 40, 2);
  const other = await locked("select 1 from inbox limit 1 for update");
  expect(await pruneAll()).toEqual([5, 0]);
  await other.release();
  expect(await pruneAll()).toEqual([1, 0]);
});

test("pruneOnce() deletes leases of killed processes and keeps renewed ones", async () => {
  const lease = (name: string, hoursAgo: number) =>
    sql`
      insert into leases (name, holder, expires_at)
      values (${name}, gen_random_uuid(), now() - make_interval(hours => ${hoursAgo}::integer))`.execute(
      db,
    );
  await lease("relay:killed", 25);
  await lease("relay:away", 1);
  await lease("relay:alive", -1);
  await pruneAll();
  expect(await names("leases", "name")).toEqual(["relay:alive", "relay:away"]);
});

async function locked(query: string) {
  const control = postgres(database.url, { max: 1 });
  const connection = await control.reserve();
  await connection.unsafe("begin");
  await connection.unsafe(query);
  return {
    async release() {
      await connection.unsafe("rollback");
      connection.release();
      await control.end();
    },
  };
}

test("pruneOnce() prunes the other tables when one fails", async () => {
  await sql`insert into leases (name, holder, expires_at)
    values ('old', gen_random_uuid(), now() - interval '2 days')`.execute(db);
  const held = { table: "no_such_table", column: "at", days: 1 };
  const leases = messageRetention.filter(({ table }) => table === "leases");
  await expect(pruneOnce(db, [held, ...leases])).rejects.toThrow("no_such_table");
  const { rows } = await sql`select from leases where name = 'old'`.execute(db);
  expect(rows.length).toBe(0);
});
