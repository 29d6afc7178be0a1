import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  eventually,
  startedKafka,
  testDatabase,
  testTopicPrefix,
} from "@payflow/local-stack/testing";
import postgres from "postgres";
import { silentLog } from "@payflow/database/testing";

setDefaultTimeout(600_000);

const readme = await Bun.file(join(import.meta.dir, "README.md")).text();
const block = (language: string) =>
  new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "s").exec(readme)?.[1] ?? "";
// a folder where the package's own name resolves and which Git ignores
const folder = join(import.meta.dir, "node_modules", `.readme-${crypto.randomUUID()}`);
const closing: (() => Promise<unknown>)[] = [];

afterAll(async () => {
  for (const close of closing.toReversed()) await close();
  rmSync(folder, { recursive: true, force: true });
});

test("README.md's example saves, relays and consumes each event once, also one that is published twice", async () => {
  mkdirSync(join(folder, "migrations"), { recursive: true });
  await Bun.write(join(folder, "migrations", "0001_accounts.sql"), block("sql"));
  await Bun.write(join(folder, "example.ts"), block("ts"));
  const { startAccounts } = await import(join(folder, "example.ts"));

  const database = await testDatabase(async () => {}, "empty");
  closing.push(database.drop);
  const { brokers } = await startedKafka();
  const accounts = await startAccounts({
    url: database.url,
    migrations: join(folder, "migrations"),
    kafka: { brokers, clientId: "readme", prefix: testTopicPrefix() },
    secret: "a secret of the services",
    log: silentLog,
  });
  closing.push(accounts.stop);
  const sql = postgres(database.url, { max: 1, onnotice() {} });
  closing.push(() => sql.end());

  expect(await accounts.openAccount("A-1")).toBe("saved");
  const names = async () =>
    (await sql`select owner from accounts order by owner`).map(({ owner }) => owner as string);
  const published = async () =>
    Number((await sql`select count(*) from outbox where not is_waiting`)[0]?.["count"]);
  await eventually(async () => expect(await names()).toEqual(["A-1", "greeting of A-1"]));

  await eventually(async () => expect(await published()).toBe(1));
  await sql`
    insert into waiting_events (slot, recorded_at, aggregate_id, version)
    select slot, recorded_at, aggregate_id, version from events join history using (aggregate_id, version)`;
  await accounts.openAccount("A-2");
  await eventually(async () => expect(await names()).toContain("greeting of A-2"));
  expect(await names()).toEqual(["A-1", "A-2", "greeting of A-1", "greeting of A-2"]);
  await eventually(async () => expect(await published()).toBe(2));
  const history = await sql`
    select version from history where aggregate_id =
      (select id from accounts where owner = 'greeting of A-1')`;
  expect(history).toHaveLength(1);
});
