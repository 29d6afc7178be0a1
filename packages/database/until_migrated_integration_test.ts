// A replica that must not migrate: MIGRATE=off.
import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import postgres from "postgres";
import { eventually, testDatabase, type TestDatabase } from "@payflow/local-stack/testing";
import { migrate, type Migration } from "./migrate.ts";
import { startDatabase } from "./start_database.ts";
import { keptLog } from "./testing/kept_log.ts";

setDefaultTimeout(600_000);

const role = `reads_and_writes_${crypto.randomUUID().replaceAll("-", "")}`;
const migrations = ["0001_first", "0002_later"].map((name): Migration => ({
  name,
  sql: `create table "${name}" (id uuid primary key)`,
}));
let database: TestDatabase;
let owner: postgres.Sql;
/** The database's address for a role that owns nothing and may create nothing. */
let url: string;

beforeEach(async () => {
  database = await testDatabase(async () => {}, "empty");
  owner = postgres(database.url, { max: 1, onnotice: () => {} });
  await owner.unsafe(`create role ${role} login password 'of-this-test';
    grant connect on database ${new URL(database.url).pathname.slice(1)} to ${role};
    alter default privileges grant select, insert, update, delete on tables to ${role};
    alter default privileges grant usage on sequences to ${role}`);
  const address = new URL(database.url);
  [address.username, address.password] = [role, "of-this-test"];
  url = address.href;
});
afterEach(async () => {
  await owner.unsafe(`drop owned by ${role}; drop role ${role}`);
  await owner.end();
  await database.drop();
});

test("startDatabase() without migrating waits for the process that migrates, and needs no CREATE privilege", async () => {
  const { log, lines } = keptLog();
  const starting = startDatabase({
    url,
    applicationName: "start-test",
    migrations,
    migrates: false,
    log,
  });
  await eventually(() => lines.length > 0);
  await migrate(database.url, migrations);
  const { database: opened } = await starting;
  await opened.close();
  expect(lines.map(({ message }) => message)).toContainEqual(
    "the database lacks the migrations 0001_first, 0002_later: waiting until another process has applied them",
  );
});

test("migrate() that only waits fails with the missing migrations and the way out, and changes nothing", async () => {
  const { log } = keptLog();
  const wait = (some = migrations) => migrate(url, some, { log, migrates: false, waitMs: 1 });
  await expect(wait()).rejects.toThrow(
    "MIGRATE is off, and the database lacks the migrations 0001_first, 0002_later: apply them by a start of this version with MIGRATE=only.",
  );
  expect(await owner`select to_regclass('migrations') as found`).toEqual([
    { found: null },
  ] as never);
  await migrate(database.url, migrations);
  await wait();
  await expect(wait(migrations.slice(0, 1))).rejects.toThrow(
    "The database is newer than this version of the service: it has 0002_later.",
  );
});
