import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { openDatabase, type Database } from "@payflow/database";
import { accountsDatabase } from "@payflow/outbox/testing";
import type { TestDatabase } from "@payflow/local-stack/testing";
import { sql } from "kysely";
import { createMetrics } from "./metrics.ts";

setDefaultTimeout(600_000);

let database: TestDatabase;
let opened: Database;

beforeAll(async () => {
  database = await accountsDatabase();
  opened = openDatabase({ url: database.url, applicationName: "metrics-test" });
});
afterAll(() => database.drop());

/** Two services in one process. */
const create = (service: string) =>
  createMetrics({
    service,
    db: opened.kysely,
    figures: [
      {
        name: "own_figure",
        help: "x",
        query: sql`select 7 as value, 'a"b' as kind`,
        label: "kind",
      },
      { name: "own_count", help: "x", query: sql`select count(*) as value from waiting_events` },
    ],
  });

test("text() has the service's own counters, figures of the database and gauges", async () => {
  const [one, other] = [create("one"), create("other")];
  one.counter("own_total", "x", ["kind"])({ kind: "a" });
  one.histogram("own_seconds", "x", [])({}, -1);
  one.gauge("own_gauge", "x", ["place"], async () => [[{ place: "here" }, 3]]);
  one.gauge("unreadable", "x", ["place"], () => {
    throw new Error("away");
  });
  one.pool("database", opened.pool);
  one.refused("overloaded");
  const text = await one.text();
  const lines = text.split("\n");
  expect(lines).toContain('own_total{kind="a",service="one"} 1');
  expect(lines).toContain('own_seconds_sum{service="one"} 0');
  expect(lines).toContain('own_gauge{place="here",service="one"} 3');
  expect(lines).toContain('own_figure{kind="a\\"b",service="one"} 7');
  expect(lines).toContain('own_count{service="one"} 0');
  expect(lines).toContain('payflow_part_up{part="database",service="one"} 1');
  expect(lines).toContain('payflow_pool_size{pool="database",service="one"} 8');
  expect(lines).toContain('payflow_refusals_total{code="overloaded",service="one"} 1');
  expect(lines).toContain('payflow_refusals_total{code="internal_error",service="one"} 0');
  expect(text).toMatch(/^process_cpu_seconds_total\{service="one"\} \d/m);
  expect(text).not.toMatch(/^unreadable\{/m);
  expect(await other.text()).not.toContain("own_total");
});

test("text() omits the database's figures while the database is unavailable", async () => {
  const metrics = create("one");
  await opened.close();
  const text = await metrics.text();
  expect(text).toContain('payflow_part_up{part="database",service="one"} 0');
  expect(text).toContain("process_resident_memory_bytes");
  expect(text).not.toContain("payflow_outbox_waiting");
});
