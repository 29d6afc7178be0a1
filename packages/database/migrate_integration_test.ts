import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { sql } from "kysely";
import {
  eventually,
  tcpProxy,
  type TcpProxy,
  type TestDatabase,
  testDatabase,
} from "@payflow/local-stack/testing";
import { openDatabase, type Database } from "./database.ts";
import { silentLog } from "./log.ts";
import { migrate, type Migration } from "./migrate.ts";

setDefaultTimeout(600_000);

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await testDatabase(async () => {}, "empty");
  db = openDatabase({ url: database.url, applicationName: "migrate-test" });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

async function names(): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from migrations order by name`.execute(
    db.kysely,
  );
  return rows.map(({ name }) => name);
}

const all = ["1_things", "2_more"].map((name) => ({
  name,
  sql: `create table "${name}" (id integer primary key)`,
}));

test("migrate() applies each migration once, also when replicas start concurrently", async () => {
  await Promise.all(Array.from({ length: 4 }, () => migrate(database.url, all)));
  await migrate(database.url, all);
  expect(await names()).toEqual(["1_things", "2_more"]);
});

test("migrate() reports a migration that fails with a duplicate key, and rolls it back", async () => {
  const bad = {
    name: "3_bad",
    sql: `create table half (id integer); insert into "1_things" values (1), (1)`,
  };
  await expect(migrate(database.url, [...all, bad])).rejects.toMatchObject({ code: "23505" });
  expect(await names()).not.toContain("3_bad");
  const { rows } = await sql`select to_regclass('half') as half`.execute(db.kysely);
  expect(rows).toEqual([{ half: null }]);
});

test("migrate() rejects a migration that was changed after it was applied, except for line ends", async () => {
  await migrate(database.url, all);
  const [things, more] = all as [Migration, Migration];
  const other = { ...more, sql: `${more.sql};` };
  await expect(migrate(database.url, [things, other])).rejects.toThrow(
    /changed after .*: 2_more\./,
  );
  const twoLines = { name: "2b_lines", sql: "select 1;\nselect 2" };
  await migrate(database.url, [...all, twoLines]);
  const onWindows = { ...twoLines, sql: "select 1;\r\nselect 2" };
  await migrate(database.url, [...all, onWindows]);
  await sql`delete from migrations where name = '2b_lines'`.execute(db.kysely);
});

test("migrate() rejects a database that is newer than the code", async () => {
  await migrate(database.url, all);
  const [things] = all as [Migration];
  await expect(migrate(database.url, [things])).rejects.toThrow(
    "newer than this version of the service: it has 2_more.",
  );
});

test("migrate() applies a migration that was inserted between applied ones", async () => {
  await migrate(database.url, all);
  const between = { name: "1b_between", sql: "select 1" };
  const [things, more] = all as [Migration, Migration];
  await migrate(database.url, [things, between, more]);
  expect(await names()).toContain("1b_between");
  await sql`delete from migrations where name = '1b_between'`.execute(db.kysely);
});

describe("when the database stops responding", () => {
  let proxy: TcpProxy;
  let url: string;
  const patience = { log: silentLog, awayLimitMs: 1_000 };

  beforeAll(async () => {
    const direct = new URL(database.url);
    proxy = await tcpProxy({ host: direct.hostname, port: Number(direct.port) });
    direct.port = String(proxy.port);
    url = direct.href;
  });
  afterAll(() => proxy.close());

  const isRunning = async (text: string) => {
    const { rows } = await sql`select from pg_stat_activity
      where application_name = 'migrate' and query like ${`%${text}%`}`.execute(db.kysely);
    return rows.length > 0;
  };

  test.each(["newest", "all"] as const)(
    "a migration whose response is lost counts as done if it was applied (silent: %s)",
    async (which) => {
      const slow = {
        name: `4_${which}`,
        sql: `select pg_sleep(1) -- ${which}`,
      };
      const migrating = migrate(url, [...all, slow], patience);
      await eventually(async () => expect(await isRunning(which)).toBe(true));
      proxy.freeze(which);
      let isUp = false;
      migrating.then(
        () => (isUp = true),
        () => {},
      );
      await eventually(() => expect(isUp).toBe(true), { timeoutMs: 60_000 });
      expect(await names()).toContain(slow.name);
      await sql`delete from migrations where name = ${slow.name}`.execute(db.kysely);
    },
  );

  test("a migration that is interrupted is repeated, however long it had taken", async () => {
    const cut = { name: "5_cut", sql: "select pg_sleep(3) -- 5_cut" };
    const migrating = migrate(url, [...all, cut], patience);
    await eventually(async () => expect(await isRunning("5_cut")).toBe(true));
    await sql`select pg_sleep(2)`.execute(db.kysely);
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'migrate' and query like '%5_cut%' and pid <> pg_backend_pid()`.execute(
      db.kysely,
    );
    await migrating;
    expect(await names()).toContain("5_cut");
    await sql`delete from migrations where name = '5_cut'`.execute(db.kysely);
  });

  test("a start fails with a readable error when the database stays unavailable", async () => {
    await proxy.down();
    await expect(migrate(url, all, patience)).rejects.toThrow(
      /^PostgreSQL at 127\.0\.0\.1:\d+, database .*, has not answered for 1 s \(ECONNREFUSED\): does it run/,
    );
    await proxy.up();
  });

  test("a start fails at once with a readable error when the login is rejected", async () => {
    const wrong = new URL(database.url);
    wrong.password = "not-the-password";
    const refused = migrate(wrong.href, all).catch(String);
    expect(await refused).toMatch(/refuses the login \(28P01\)/);
    expect(await refused).not.toContain("not-the-password");
    wrong.href = database.url;
    wrong.pathname = "/no_such_database";
    await expect(migrate(wrong.href, all)).rejects.toThrow("does not exist");
  });
});
