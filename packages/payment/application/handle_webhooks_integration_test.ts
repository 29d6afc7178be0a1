import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { migrate, openDatabase, type Database } from "@payflow/outbox";
import { eventually, testDatabase, type TestDatabase } from "@payflow/local-stack/testing";
import { sql } from "kysely";
import { paymentMigrations } from "../infrastructure/migrations.ts";
import { postgresWebhooks } from "../infrastructure/postgres_webhooks.ts";
import { acornDeps } from "../testing/acorn_deps.ts";
import { createAcornPay } from "../testing/acorn_pay.ts";
import { confirmPayment } from "./confirm_payment.ts";
import { handleWebhooks } from "./handle_webhooks.ts";
import type { PaymentDeps } from "./ports.ts";

setDefaultTimeout(600_000);

let database: TestDatabase;
let opened: Database<never>;
const now = () => new Date().toISOString();
const acorn = createAcornPay(now);
let deps: PaymentDeps;

beforeAll(async () => {
  database = await testDatabase(async (url) => migrate(url, await paymentMigrations()), "payment");
  opened = openDatabase({ url: database.url, applicationName: "webhooks-test" });
  deps = acornDeps(opened.kysely, { acorn, now });
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});

test("a payment whose query hangs does not keep the webhooks of others from being marked", async () => {
  const webhooks = postgresWebhooks(opened.kysely);
  for (const paymentKey of ["in_quick", "in_hanging"]) {
    const orderId = Bun.randomUUIDv7();
    const expiresAt = new Date(Date.now() + 45 * 60_000).toISOString();
    const facts = { orderId, orderName: "키캡", amount: 1000, currency: "KRW", expiresAt } as const;
    acorn.authorise(paymentKey, orderId, facts.amount);
    await confirmPayment({ paymentKey, amount: facts.amount, facts }, deps);
    await sql`
      insert into webhooks (id, event_type, order_id, payment_key, body)
      values (${`wh ${paymentKey}`}, 'Test', ${orderId}, ${paymentKey}, '{}')`.execute(
      opened.kysely,
    );
  }
  const handled = async () => {
    const { rows } = await sql<{ key: string }>`
      select payment_key as key from webhooks where handled_at is not null order by id desc`.execute(
      opened.kysely,
    );
    return rows.map(({ key }) => key);
  };
  const hanging = Promise.withResolvers<void>();
  const find: PaymentDeps["gateway"]["find"] = async (key) => {
    if (key === "in_hanging") await hanging.promise;
    return await acorn.gateway.find(key);
  };
  const gateway = { ...acorn.gateway, find };
  const round = handleWebhooks({ ...deps, gateway, webhooks });
  await eventually(async () => expect(await handled()).toEqual(["in_quick"]));
  hanging.resolve();
  expect(await round).toBe(2);
  expect(await handled()).toEqual(["in_quick", "in_hanging"]);
});
