import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import postgres from "postgres";
import { createLog } from "@payflow/shared/http";
import { eventually } from "@payflow/local-stack/testing";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

const lines: string[] = [];
let stack: TestStack;
let shopper: ReturnType<typeof shopperOf>;
let orders: postgres.Sql;
let payments: postgres.Sql;

beforeAll(async () => {
  const write = (line: string) => lines.push(line);
  stack = await testStack({ log: createLog("test", "trace", { write }) });
  shopper = shopperOf(stack);
  orders = postgres(stack.databases.order, { max: 1, onnotice: () => {} });
  payments = postgres(stack.databases.payment, { max: 1, onnotice: () => {} });
}, 600_000);
afterAll(async () => {
  await Promise.all([orders.end(), payments.end()]);
  await stack.close();
});

const shopperName = "남궁로그";
const shopperEmail = "namgung.log@shopper.example";
const account = { bank: "20", accountNumber: "1002555566667" };

const place = (more: Record<string, unknown> = {}) =>
  fetch(`${stack.url}/api/orders`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      items: [{ productId: "dev-tool", quantity: 1 }],
      customerName: shopperName,
      customerEmail: shopperEmail,
      ...more,
    }),
  });
const linesWith = (text: string) => lines.filter((line) => line.includes(text)).length;

/** Makes every write of a table fail, as `raise` says. */
async function failing(
  sql: postgres.Sql,
  table: string,
  raise: string,
  during: () => Promise<void>,
) {
  await sql.unsafe(
    `create function fail_write() returns trigger language plpgsql as $$ begin ${raise} return new; end $$;
     create trigger fail_write before insert or update on ${table} for each row execute function fail_write()`,
  );
  try {
    await during();
  } finally {
    await sql.unsafe("drop function fail_write() cascade");
  }
}

test("no log of a run with errors contains a shopper's name, e-mail or account", async () => {
  // a constraint error, whose detail contains the whole row
  await orders.unsafe(
    "alter table orders add constraint refused check (customer_name is null) not valid",
  );
  expect((await place()).status).toBe(500);
  await orders.unsafe("alter table orders drop constraint refused");
  expect(linesWith("23514")).toBeGreaterThan(0);

  // an error message that quotes the shopper's input
  const quoting = `raise exception 'no "%" <%>', new.customer_name, new.customer_email
    using errcode = '22023', detail = new.customer_name, hint = new.customer_email;`;
  await failing(orders, "orders", quoting, async () => {
    expect((await place()).status).toBe(500);
  });
  expect(linesWith("22023")).toBeGreaterThan(0);

  // a temporarily unavailable database
  const away = `raise exception 'away' using errcode = '57P03', detail = new.customer_name;`;
  await failing(orders, "orders", away, async () => {
    expect((await place()).status).toBe(503);
  });
  expect(linesWith("57P03")).toBeGreaterThan(0);

  // malformed input
  await fetch(`${stack.url}/api/orders`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: `{"customerName": ${shopperName}, "customerEmail": "${shopperEmail}"`,
  });
  await place({ customerEmail: [shopperEmail] });

  // a refund to an account, when the row can't be written
  const placed = await place();
  expect(placed.status).toBe(201);
  const order = (await placed.json()) as Awaited<ReturnType<typeof shopper.place>>;
  const deposit = await shopper.authenticate(order, { method: "VIRTUAL_ACCOUNT" });
  expect((await shopper.confirm(deposit)).status).toBe(200);
  await shopper.sandbox(`/_sandbox/payments/${deposit.paymentKey}/deposit`, {});
  await eventually(async () => expect((await shopper.get(order.orderId)).status).toBe("CONFIRMED"));
  const refund = () =>
    shopper.refund(order.orderId, {
      reason: "로그 시험",
      refundAccount: { ...account, holderName: shopperName },
    });
  const showing = `raise exception 'no %', new.refunds using errcode = '23514', detail = new.refunds::text;`;
  await failing(payments, "payments", showing, async () => {
    expect((await refund()).status).toBeGreaterThanOrEqual(500);
  });
  expect((await refund()).status).toBe(200);

  const all = lines.join("");
  expect(lines.length).toBeGreaterThan(5);
  for (const person of [shopperName, shopperEmail, account.accountNumber])
    expect(all).not.toContain(person);
});

test("every log line about a call to Toss has the order, the paymentKey and both trace ids", async () => {
  const from = lines.length;
  const pay = async (fault: object) => {
    const order = await shopper.place();
    await shopper.sandbox("/_sandbox/faults", [
      { operation: "confirm", times: 1, orderId: order.orderId, ...fault },
    ]);
    const authenticated = await shopper.authenticate(order);
    await shopper.confirm(authenticated);
    return authenticated;
  };
  const line = (msg: string) =>
    eventually(() => {
      const found = lines
        .slice(from)
        .map((text) => JSON.parse(text) as Record<string, unknown>)
        .find((each) => each["msg"] === msg);
      expect(found).toBeDefined();
      return found;
    });
  const trace = { trace_id: expect.stringMatching(/^[0-9a-f]{32}$/), span_id: expect.any(String) };
  const declined = await pay({ fault: "decline", code: "REJECT_CARD_PAYMENT" });
  expect(await line("Toss refused")).toMatchObject({
    ...trace,
    orderId: declined.orderId,
    paymentKey: declined.paymentKey,
    tossTraceId: expect.any(String),
    code: "REJECT_CARD_PAYMENT",
  });
  const lost = await pay({ fault: "lose_response" });
  expect(await line("no response from Toss")).toMatchObject({
    ...trace,
    orderId: lost.orderId,
    paymentKey: lost.paymentKey,
  });
});

test("no log line has PostgreSQL's fields that quote rows", () => {
  const fields = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [name, inner] of Object.entries(value)) {
      fields.add(name);
      collect(inner);
    }
  };
  for (const line of lines) collect(JSON.parse(line));
  expect(fields).toContain("constraint_name");
  for (const name of ["detail", "where", "parameters", "query"]) expect(fields).not.toContain(name);
});
