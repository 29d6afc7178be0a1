import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { sql, type Kysely } from "kysely";
import type { TestDatabase } from "@payflow/local-stack/testing";
import { openDatabase, type Database } from "@payflow/database";
import { accountsDatabase } from "@payflow/outbox/testing";
import { publishAgain } from "./publish_again.ts";

setDefaultTimeout(600_000);

let database: TestDatabase;
let opened: Database;
let db: Kysely<never>;

beforeAll(async () => {
  database = await accountsDatabase();
  opened = openDatabase({ url: database.url, applicationName: "publish-again" });
  db = opened.kysely;
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});

async function event(topic: string, hours: number): Promise<void> {
  await sql`
    insert into events (aggregate_id, version, event_id, slot, topic, payload, created_at)
    values (gen_random_uuid(), 1, gen_random_uuid(), 0, ${topic}, '{}', now() - make_interval(hours => ${hours}::integer))`.execute(
    db,
  );
}

test("skips events that retention is about to delete: without its event, a row would wait for ever", async () => {
  await event("29 days and more", 29 * 24 + 1);
  await event("nearly 29 days", 29 * 24 - 1);
  expect(await publishAgain(db, { since: "2000-01-01T00:00:00Z" })).toBe(1);
  const { rows } = await sql`
    select topic from waiting_events w join events e using (aggregate_id, version)`.execute(db);
  expect(rows).toEqual([{ topic: "nearly 29 days" }]);
});
