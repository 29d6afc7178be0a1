import { createServer, type AddressInfo } from "node:net";
import {
  afterAll,
  afterEach,
  beforeAll,
  describe,
  expect,
  setDefaultTimeout,
  test,
} from "bun:test";
import { sql } from "kysely";
import {
  eventually,
  tcpProxy,
  type TcpProxy,
  type TestDatabase,
  testDatabase,
} from "@payflow/local-stack/testing";
import { openDatabase, type Database } from "./database.ts";
import { errorCode, isConnectionLoss } from "./database_faults.ts";

setDefaultTimeout(600_000);

let database: TestDatabase;
let proxy: TcpProxy;
let db: Database;
/** The test's own hand in the database. */
let control: Database;

beforeAll(async () => {
  database = await testDatabase(async () => {}, "empty");
  const url = new URL(database.url);
  proxy = await tcpProxy({ host: url.hostname, port: Number(url.port) });
  url.port = String(proxy.port);
  db = openDatabase({
    url: url.href,
    applicationName: "database-test",
    poolMax: 2,
    statementTimeoutMs: 1_000,
  });
  control = openDatabase({ url: database.url, applicationName: "database-control", poolMax: 1 });
  await sql`create table written (id integer generated always as identity)`.execute(control.kysely);
});
afterAll(async () => {
  await db.close();
  await control.close();
  await proxy.close();
  await database.drop();
});

async function one<T>(query: ReturnType<typeof sql<{ value: T }>>): Promise<T> {
  const { rows } = await query.execute(db.kysely);
  return (rows[0] as { value: T }).value;
}

test("openDatabase() returns integers, times in UTC and arrays", async () => {
  const plain = ["", "a,b", 'say "no"', "back\\slash", "{}", "김치", "null"];
  for (const texts of [plain, [...plain, "two\nlines", "\u0001\t", "\\n"]])
    expect(await one(sql<{ value: unknown }>`select ${texts}::text[] as value`)).toEqual(texts);
  const numbers = [1, -2, Number.MAX_SAFE_INTEGER];
  expect(await one(sql<{ value: unknown }>`select ${numbers}::bigint[] as value`)).toEqual(numbers);
  expect(await one(sql<{ value: unknown }>`select ${[3]}::smallint[] as value`)).toEqual([3]);
  expect(await one(sql<{ value: unknown }>`select ${[]}::text[] as value`)).toEqual([]);
  expect(await one(sql<{ value: unknown }>`select 9007199254740991::bigint as value`)).toBe(
    Number.MAX_SAFE_INTEGER,
  );
  const late = "2026-01-02T03:04:05.678+09:00";
  expect(await one(sql<{ value: unknown }>`select ${late}::timestamptz as value`)).toBe(
    "2026-01-01T18:04:05.678Z",
  );
});

test("openDatabase() cancels a statement at its time limit and keeps the connection", async () => {
  await expect(sql`select pg_sleep(10)`.execute(db.kysely)).rejects.toMatchObject({
    code: "57014",
  });
  expect(await one(sql<{ value: number }>`select 1 as value`)).toBe(1);
});

test("openDatabase() discards connections that stop responding", async () => {
  const both = [1, 2].map(() => sql`select pg_sleep(0.05)`.execute(db.kysely));
  await Promise.all(both);
  proxy.freeze();
  const lost = await Promise.allSettled([1, 2, 3].map(() => sql`select 1`.execute(db.kysely)));
  // the third waited for a connection that was free of the two
  expect(
    lost.map((result) => (result.status === "rejected" ? isConnectionLoss(result.reason) : true)),
  ).toEqual([true, true, true]);
  expect(await one(sql<{ value: number }>`select 1 as value`)).toBe(1);
});

/** Runs on one connection more than it could while others are busy. */
const occupy = (on: Database, count: number) =>
  Promise.all(Array.from({ length: count }, () => sql`select pg_sleep(0.2)`.execute(on.kysely)));

/** How many connections `name` has, and how many of them are older than what a pool takes for new. */
async function sessionsOf(name: string) {
  const { rows } = await sql<{ pid: number; isOld: boolean }>`
    select pid, backend_start < clock_timestamp() - interval '1.2 s' as "isOld"
    from pg_stat_activity where application_name = ${name}`.execute(control.kysely);
  return rows;
}

describe("openDatabase() after its server was demoted and another one promoted", () => {
  const name = "demoted";
  const databaseName = () => new URL(database.url).pathname.slice(1);
  const makeReadOnly = (value: "on" | "off") =>
    sql
      .raw(`alter database "${databaseName()}" set default_transaction_read_only = ${value}`)
      .execute(control.kysely);

  // a session keeps the settings that its database had when it began, and its server
  async function demoted(): Promise<Database> {
    await makeReadOnly("on");
    const pool = openDatabase({ url: database.url, applicationName: name, poolMax: 4 });
    await occupy(pool, 4);
    await eventually(async () => {
      const sessions = await sessionsOf(name);
      expect(sessions.filter(({ isOld }) => isOld)).toHaveLength(4);
    });
    return pool;
  }
  afterEach(() => makeReadOnly("off"));

  test("no statement fails from the first moment on", async () => {
    const pool = await demoted();
    const before = await sessionsOf(name);
    await makeReadOnly("off");
    const write = sql`insert into written default values`;
    await write.execute(pool.kysely);
    const writes = Array.from({ length: 40 }, () => write.execute(pool.kysely));
    await Promise.all(writes);
    const pids = new Set(before.map(({ pid }) => pid));
    await eventually(async () => {
      const after = await sessionsOf(name);
      expect(after.filter(({ pid }) => pids.has(pid))).toEqual([]);
    });
    await pool.close();
  });

  test("a server that stays read-only rejects writes, and still answers reads", async () => {
    const pool = await demoted();
    const codes = new Set<string>();
    for (let write = 0; write < 20; write++)
      await sql`insert into written default values`
        .execute(pool.kysely)
        .catch((error) => codes.add(errorCode(error)));
    expect([...codes]).toEqual(["25006"]);
    expect((await sql`select count(*) from written`.execute(pool.kysely)).rows).toHaveLength(1);
    await pool.close();
  });
});

test("openDatabase() discards a connection whose prepared statement PostgreSQL has lost, and retries", async () => {
  const pool = openDatabase({ url: database.url, applicationName: "forgotten", poolMax: 1 });
  const read = () => sql`select ${1}::integer as one`.execute(pool.kysely);
  await read();
  await sql`deallocate all`.execute(pool.kysely);
  expect((await read()).rows).toEqual([{ one: 1 }]);
  await pool.close();
});

test("openDatabase() closes connections at their maximum age, also while they are idle", async () => {
  const name = "short-lived";
  const pool = openDatabase({
    url: database.url,
    applicationName: name,
    poolMax: 2,
    connectionLifeMs: 400,
  });
  await occupy(pool, 2);
  const [first] = await sessionsOf(name);
  await eventually(async () => expect(await sessionsOf(name)).toEqual([]));
  await occupy(pool, 2);
  const sessions = await sessionsOf(name);
  expect(sessions.map(({ pid }) => pid)).not.toContain(first?.pid);
  await pool.close();
});

test.each([
  ["off", "on"],
  ["local", "on"],
  ["remote_write", "on"],
  ["remote_apply", "remote_apply"],
])(
  "with openDatabase() a commit waits for the disk if synchronous_commit is %s: %s",
  async (set, effective) => {
    const url = new URL(database.url);
    url.searchParams.set("options", `-c synchronous_commit=${set}`);
    const pool = openDatabase({ url: url.href, applicationName: "commits" });
    const { rows } = await sql<{
      value: string;
    }>`select current_setting('synchronous_commit') as value`.execute(pool.kysely);
    expect(rows).toEqual([{ value: effective }]);
    await pool.close();
  },
);

test("openDatabase() tries every host of its address, and stays with the one that responded", async () => {
  const url = new URL(database.url);
  await proxy.down();
  const hosts = `127.0.0.1:${proxy.port},127.0.0.1:${url.port}`;
  const pool = openDatabase({
    url: database.url.replace(url.host, hosts),
    applicationName: "hosts",
  });
  await occupy(pool, 3);
  await pool.close();
  await proxy.up();
});

/** Takes what a client sends first, and hangs up. */
async function startupOf(parameters: string): Promise<Record<string, string>> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      // a request for TLS comes first, and N is a no
      if (bytes.length === 8) socket.write("N");
      else {
        resolve(Buffer.from(bytes));
        socket.destroy();
      }
    });
  }).listen(0, "127.0.0.1");
  const { port } = server.address() as AddressInfo;
  const pool = openDatabase({
    url: `postgres://u:p@127.0.0.1:${port}/d${parameters}`,
    applicationName: "startup",
  });
  await sql`select 1`.execute(pool.kysely).catch(() => {});
  const words = (await promise).subarray(8).toString().split("\0");
  await pool.close();
  server.close();
  return Object.fromEntries(
    words.flatMap((word, index) =>
      index % 2 === 0 && word !== "" ? [[word, words[index + 1] ?? ""]] : [],
    ),
  );
}

test("openDatabase() sends no start-up parameter that PgBouncer rejects", async () => {
  const known = ["user", "database", "client_encoding"];
  known.push("application_name", "TimeZone", "DateStyle");
  for (const parameters of [
    "",
    "?pgbouncer=true&schema=public&connection_limit=2&pool_timeout=3",
    "?channel_binding=prefer&sslmode=prefer&connect_timeout=3",
  ])
    expect(Object.keys(await startupOf(parameters)).toSorted()).toEqual(known.toSorted());
});

describe("openDatabase() behind a pooler in transaction mode", () => {
  const pooled = () => {
    const url = new URL(database.url);
    url.searchParams.set("pgbouncer", "true");
    return openDatabase({
      url: url.href,
      applicationName: "pooled",
      poolMax: 1,
      statementTimeoutMs: 1_000,
    });
  };

  test("leaves no state in a session: no settings, no prepared statements", async () => {
    const pool = pooled();
    await sql`select ${1}::integer`.execute(pool.kysely);
    const { rows } = await sql`
      select (select count(*)::int from pg_prepared_statements) as prepared,
        (select count(*)::int from pg_settings where source = 'session') as settings`.execute(
      pool.kysely,
    );
    expect(rows).toEqual([{ prepared: 0, settings: 0 }]);
    await pool.close();
  });

  test("cancels a statement at its time limit, and discards its connection", async () => {
    const pool = pooled();
    const backend = () =>
      sql<{ pid: number }>`select pg_backend_pid() as pid`
        .execute(pool.kysely)
        .then(({ rows }) => rows[0]?.pid);
    const before = await backend();
    await expect(sql`select pg_sleep(60)`.execute(pool.kysely)).rejects.toMatchObject({
      code: "57014",
    });
    expect(await backend()).not.toBe(before);
    await pool.close();
  });

  test("detects a pooler that its address does not name", async () => {
    const direct = new URL(database.url);
    // a pooler gives out keys of its own
    const pooler = await tcpProxy(
      { host: direct.hostname, port: Number(direct.port) },
      { toClient: otherBackendKey },
    );
    direct.port = String(pooler.port);
    const pool = openDatabase({ url: direct.href, applicationName: "found", poolMax: 1 });
    await sql`select ${1}::integer`.execute(pool.kysely);
    const { rows } = await sql`
      select count(*)::int as count from pg_prepared_statements`.execute(pool.kysely);
    expect(rows).toEqual([{ count: 0 }]);
    await pool.close();
    await pooler.close();
  });
});

/** Changes the process id in BackendKeyData (K, twelve bytes of length). */
function otherBackendKey(bytes: Buffer): Buffer {
  const at = bytes.indexOf(Buffer.from([0x4b, 0, 0, 0, 12]));
  if (at >= 0) bytes.writeUInt32BE(bytes.readUInt32BE(at + 5) ^ 1, at + 5);
  return bytes;
}
