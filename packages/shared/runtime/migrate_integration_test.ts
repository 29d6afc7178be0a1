import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { sql } from "kysely";
import { testDatabase, type TestDatabase } from "@payflow/shared/testing";
import { openDatabase, type Database } from "./database.ts";
import { migrate } from "./migrate.ts";

setDefaultTimeout(600_000);

let database: TestDatabase;
let db: Database<never>;

beforeAll(async () => {
  database = await testDatabase(async () => {}, "empty");
  db = openDatabase({ url: database.url, applicationName: "migrate-test" });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

async function names(): Promise<string[]> {
  const { rows } = await sql<{
    name: string;
  }>`select name from migrations order by name`.execute(db.kysely);
  return rows.map(({ name }) => name);
}

test("migrate() applies each migration once, by replicas that start together too", async () => {
  const all = ["1_things", "2_more"].map((name) => ({
    name,
    sql: `create table "${name}" (id integer primary key)`,
  }));
  await Promise.all(
    Array.from({ length: 4 }, () => migrate(database.url, all)),
  );
  await migrate(database.url, all);
  expect(await names()).toEqual(["1_things", "2_more"]);
});

test("migrate() tells of a migration that fails by a duplicate of its own, and leaves nothing of it", async () => {
  const bad = {
    name: "3_bad",
    sql: `create table half (id integer); insert into "1_things" values (1), (1)`,
  };
  await expect(migrate(database.url, [bad])).rejects.toMatchObject({
    code: "23505",
  });
  expect(await names()).not.toContain("3_bad");
  const { rows } = await sql`select to_regclass('half') as half`.execute(
    db.kysely,
  );
  expect(rows).toEqual([{ half: null }]);
});
