import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { migrate, openDatabase, type Database } from "@payflow/database";
import { eventually, testDatabase, type TestDatabase } from "@payflow/local-stack/testing";
import { sql } from "kysely";
import { paymentMigrations } from "../infrastructure/migrations.ts";
import { postgresWebhooks } from "../infrastructure/postgres_webhooks.ts";
import { acornDeps } from "../testing/acorn_deps.ts";
import { createAcornPay } from "../testing/acorn_pay.ts";
import { confirmPayment } from "./confirm_payment.ts";
import { handleWebhooks } from "./handle_webhooks.ts";
import { receiveWebhook } from "./receive_webhook.ts";
import type { Finding } from "../domain/charge.ts";
import type { PaymentDeps, Webhook } from "./ports.ts";

setDefaultTimeout(600_000);

let database: TestDatabase;
let opened: Database;
const now = () => new Date().toISOString();
const acorn = createAcornPay(now);
const staleFor = new Map<string, Finding>();
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

/** A paid order; with `isAccount` one that waits for a deposit, as `staleFor` then shows it to later queries. */
async function paid(paymentKey: string, { isAccount = false } = {}): Promise<string> {
  const orderId = Bun.randomUUIDv7();
  const expiresAt = new Date(Date.now() + 45 * 60_000).toISOString();
  const facts = {
    orderId,
    orderName: "키캡",
    amount: 1000,
    taxFreeAmount: 0,
    currency: "KRW",
    expiresAt,
  } as const;
  acorn.authorise(paymentKey, orderId, facts.amount);
  const confirm: PaymentDeps["gateway"]["confirm"] = async (request) => {
    const answer = await acorn.gateway.confirm(request);
    if (!isAccount || answer.kind !== "payment") return answer;
    const virtualAccount = { bankCode: "20", accountNumber: "X123", dueAt: expiresAt };
    const payment = { ...answer.payment, virtualAccount, approvedAt: null, balanceAmount: 0 };
    const waiting: Finding = {
      kind: "payment",
      payment: { ...payment, status: "WAITING_FOR_DEPOSIT" },
    };
    staleFor.set(paymentKey, waiting);
    return waiting;
  };
  const gateway = { ...acorn.gateway, confirm };
  await confirmPayment({ paymentKey, amount: facts.amount, facts }, { ...deps, gateway });
  return orderId;
}

test("a payment whose query hangs does not keep the webhooks of others from being marked", async () => {
  const webhooks = postgresWebhooks(opened.kysely);
  for (const paymentKey of ["in_quick", "in_hanging"]) {
    const orderId = await paid(paymentKey);
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

/** A webhook without a deposit or a cancel. */
const bare = {
  eventType: "PAYMENT_STATUS_CHANGED",
  cancelKey: null,
  showsPaid: false,
  isProven: () => true,
  body: "{}",
};

/** Handles every webhook that is not handled yet; queries are answered by `staleFor`. */
async function round(): Promise<number> {
  const db = opened.kysely;
  await sql`update webhooks set next_at = now() - interval '1 second' where handled_at is null`.execute(
    db,
  );
  const find: PaymentDeps["gateway"]["find"] = async (key, orderId) =>
    staleFor.get(key) ?? (await acorn.gateway.find(key, orderId));
  const gateway = { ...acorn.gateway, find };
  return await handleWebhooks({ ...deps, gateway, webhooks: postgresWebhooks(db) });
}

test("a webhook that shows a deposit is due until a response has it", async () => {
  const webhooks = postgresWebhooks(opened.kysely);
  const paymentKey = "in_account";
  const orderId = await paid(paymentKey, { isAccount: true });
  // names only the order, as Toss's deposit webhooks do
  const webhook = { ...bare, id: "wh deposit", orderId, paymentKey: null, showsPaid: true };
  await webhooks.store(webhook, "due");
  expect(await round()).toBe(1);
  expect((await deps.payments.find(orderId))?.status).toBe("WAITING_FOR_DEPOSIT");
  staleFor.clear();
  expect(await round()).toBe(1);
  expect((await deps.payments.find(orderId))?.status).toBe("DONE");
  expect(await round()).toBe(0);
});

test("a webhook that shows a cancel is due until a response has it, five times at most", async () => {
  const webhooks = postgresWebhooks(opened.kysely);
  const orderIds = new Map<string, string>();
  for (const paymentKey of ["in_shown", "in_invented"]) {
    const orderId = await paid(paymentKey);
    orderIds.set(paymentKey, orderId);
    const stale = await acorn.gateway.find(paymentKey);
    acorn.refundByHand(paymentKey, 400);
    const found = await acorn.gateway.find(paymentKey);
    const made = found.kind === "payment" ? found.payment.cancels.at(-1)?.transactionKey : null;
    const cancelKey = (paymentKey === "in_shown" && made) || "of no cancel";
    const webhook = { ...bare, id: `wh ${paymentKey}`, orderId, paymentKey, cancelKey };
    await webhooks.store(webhook, "due");
    staleFor.set(paymentKey, stale);
  }
  const statusOf = async (paymentKey: string) =>
    (await deps.payments.find(orderIds.get(paymentKey) ?? ""))?.status;
  expect(await round()).toBe(2);
  expect(await statusOf("in_shown")).toBe("DONE");
  staleFor.clear();
  expect(await round()).toBe(2);
  expect(await statusOf("in_shown")).toBe("PARTIAL_CANCELED");
  for (const left of [1, 1, 1, 0]) expect(await round()).toBe(left);
});

test("a webhook that shows only the recorded approval causes no query, whenever it arrives", async () => {
  const webhooks = postgresWebhooks(opened.kysely);
  const queried: string[] = [];
  const find: PaymentDeps["gateway"]["find"] = async (key) => {
    queried.push(key);
    return await acorn.gateway.find(key);
  };
  const receive = (webhook: Webhook) =>
    receiveWebhook(
      { text: "", transmissionId: null },
      { readWebhook: () => webhook, webhooks, onStored: () => {}, faultPoint: () => {} },
    );
  const handle = () => handleWebhooks({ ...deps, gateway: { ...acorn.gateway, find }, webhooks });
  const paymentKey = "in_known";
  const orderId = await paid(paymentKey);
  const approval = { ...bare, id: "wh known", orderId, paymentKey, showsPaid: true };
  // stored before the approval was recorded
  await webhooks.store({ ...approval, id: "wh early" }, "due");
  expect(await handle()).toBe(1);
  expect(queried).toEqual([]);
  expect(await receive(approval)).toBe("stored");
  expect(await receive({ ...approval, id: "wh cancel", cancelKey: "txrd_1" })).toBe("stored");
  const { rows } = await sql<{ id: string }>`
    select id from webhooks where order_id = ${orderId} and handled_at is null`.execute(
    opened.kysely,
  );
  expect(rows).toEqual([{ id: "wh cancel" }]);
});
