// A backlog of OrderCreated must be consumed in batches, many messages a statement, both new and redelivered.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { OrderCreated } from "@payflow/shared";
import { migrate, openDatabase, type Database } from "@payflow/database";
import { statementsRun } from "@payflow/database/testing";
import { testDatabase, type TestDatabase } from "@payflow/local-stack/testing";
import type { PaymentDeps } from "./application/ports.ts";
import { paymentMigrations } from "./infrastructure/migrations.ts";
import { postgresPayments } from "./infrastructure/postgres_payments.ts";
import { orderCreatedHandler } from "./presentation/payment_calls.ts";
import { at, facts } from "./testing/given.ts";

setDefaultTimeout(600_000);

const backlog = 1_000;

let database: TestDatabase;
let opened: Database;

beforeAll(async () => {
  database = await testDatabase(async (url) => migrate(url, await paymentMigrations()), "payment");
  opened = openDatabase({ url: database.url, applicationName: "backlog-test", poolMax: 1 });
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});

test("1,000 OrderCreated are taken by at most 0.05 statements each, and as few when they come again", async () => {
  const newId = () => Bun.randomUUIDv7();
  const now = () => at(0).now;
  const ignored = { onSaved: () => {}, onChanged: () => {} };
  const deps = {
    payments: postgresPayments(opened.kysely, { newId, now, ...ignored }),
    moment: () => at(0),
    faultPoint: () => {},
  } as unknown as PaymentDeps;
  const handle = orderCreatedHandler(deps);
  const messages = Array.from({ length: backlog }, () => {
    const event: OrderCreated = {
      ...facts,
      orderId: newId(),
      eventId: newId(),
      eventType: "OrderCreated",
      occurredOn: now(),
      items: [],
    };
    return { topic: "OrderCreated", key: event.orderId, value: JSON.stringify(event), headers: {} };
  });
  for (const _ of ["new", "again"]) {
    const statements = await statementsRun(opened.kysely as never, () =>
      Promise.all(messages.map(handle)),
    );
    expect(statements).toBeGreaterThan(0);
    expect(statements).toBeLessThanOrEqual(0.05 * backlog);
    const { rows } = await opened.kysely.executeQuery<{ count: string }>({
      sql: "select count(*) from payments",
      parameters: [],
    } as never);
    expect(Number(rows[0]?.count)).toBe(backlog);
  }
});
