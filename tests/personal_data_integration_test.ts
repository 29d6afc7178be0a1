import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { eventually } from "@payflow/local-stack/testing";
import postgres from "postgres";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let shopper: ReturnType<typeof shopperOf>;
let orders: postgres.Sql;
let payments: postgres.Sql;

beforeAll(async () => {
  stack = await testStack();
  shopper = shopperOf(stack);
  orders = postgres(stack.databases.order, { max: 1 });
  payments = postgres(stack.databases.payment, { max: 1 });
});
afterAll(async () => {
  await Promise.all([orders.end(), payments.end()]);
  await stack.close();
});

async function placeAs(customerEmail: string) {
  const response = await fetch(`${stack.url}/api/orders`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      items: [{ productId: "dev-tool", quantity: 1 }],
      customerName: "박지워",
      customerEmail,
    }),
  });
  return (await response.json()) as Awaited<ReturnType<typeof shopper.place>>;
}

async function eraseByApi(body: unknown, key = stack.merchantKey) {
  const response = await fetch(`${stack.url}/api/customers/erase`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: `Bearer ${key}`,
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

/** Everything in both databases, as text. */
async function everything(): Promise<string> {
  const rows = await Promise.all(
    [orders, payments].map(async (sql) => {
      const tables = await sql<{ name: string }[]>`
        select tablename as name from pg_tables where schemaname = 'public'`;
      return await Promise.all(
        tables.map(async ({ name }) => await sql`select t::text from ${sql(name)} t`),
      );
    }),
  );
  return JSON.stringify(rows);
}

test("erase removes a customer from unpaid orders, and from paid ones only with includePaid", async () => {
  const email = "o'neill.forget-me@shop.example";
  const unpaid = await placeAs(email.toUpperCase());
  const paid = await placeAs(email);
  const waiting = await placeAs(email);
  const other = await placeAs("somebody-else@shop.example");
  await shopper.confirm(await shopper.authenticate(paid));
  await shopper.confirm(
    await shopper.authenticate(waiting, { method: "VIRTUAL_ACCOUNT", customerName: "박지워" }),
  );
  await shopper.becomes(waiting.orderId, "AWAITING_DEPOSIT");
  await payments`
    insert into webhooks (id, event_type, order_id, body, handled_at)
    values ('kept', 'DEPOSIT_CALLBACK', ${waiting.orderId}, '{"customerName":"박지워"}', now())`;
  await shopper.cancel(unpaid.orderId);
  await shopper.cancel(waiting.orderId);
  const first = await eraseByApi({ email });
  expect(first).toEqual({
    status: 200,
    body: {
      erased: [unpaid.orderId, waiting.orderId],
      kept: [{ orderId: paid.orderId, until: expect.stringMatching(/^\d{4}-/) }],
      nextCursor: null,
    },
  });
  for (const { orderId } of [unpaid, waiting])
    expect(await shopper.get(orderId)).toMatchObject({
      status: "CANCELED",
      customerName: null,
      customerEmail: null,
    });
  expect(await shopper.get(paid.orderId)).toMatchObject({ customerName: "박지워" });
  expect(await eraseByApi({ email, includePaid: true })).toMatchObject({
    body: { erased: [paid.orderId], kept: [], nextCursor: null },
  });
  expect(await shopper.get(paid.orderId)).toMatchObject({
    status: "CONFIRMED",
    customerName: null,
  });
  await shopper.get(other.orderId);
  await orders`delete from orders where id = ${other.orderId}`;
  const rest = (await everything()).toLowerCase();
  expect(rest).not.toContain("neill.forget-me");
  expect(rest).not.toContain("박지워");
});

test("erase needs the merchant's key and an e-mail address", async () => {
  const email = "forget@shop.example";
  expect((await eraseByApi({ email }, "nobodys-key")).status).toBe(401);
  for (const wrong of [{}, { email: "nobody" }, { email, all: true }])
    expect((await eraseByApi(wrong)).status).toBe(422);
  expect((await eraseByApi({ email })).body).toEqual({ erased: [], kept: [], nextCursor: null });
});

test("bun run erase erases a customer, but not without a confirmation", async () => {
  const email = "by-command@shop.example";
  const { orderId } = await placeAs(email);
  const run = async (...words: string[]) => {
    const command = [process.execPath, "packages/operate/main.ts", "erase"];
    const ran = Bun.spawn([...command, ...words], {
      cwd: `${import.meta.dir}/..`,
      env: { ...process.env, PUBLIC_URL: stack.url, MERCHANT_API_KEY: stack.merchantKey },
      stdio: ["ignore", "pipe", "ignore"],
    });
    const text = await new Response(ran.stdout).text();
    return { text, exitCode: await ran.exited };
  };
  expect((await run(email)).exitCode).toBe(2);
  expect(await shopper.get(orderId)).toMatchObject({ customerEmail: email });
  expect((await run("not-an-address", "--yes")).exitCode).toBe(2);
  const done = await run(email, "--yes");
  expect(done).toEqual({ exitCode: 0, text: expect.stringContaining(orderId) });
  expect(await shopper.get(orderId)).toMatchObject({ customerEmail: null, status: "CANCELED" });
});

test("erase reaches an erasable order after a thousand orders that are kept by law", async () => {
  const email = "regular@shop.example";
  const zeros = "00000000-0000-7000-8000-";
  const paid = await placeAs(email);
  await shopper.confirm(await shopper.authenticate(paid));
  await shopper.becomes(paid.orderId, "CONFIRMED");
  await orders`
    insert into orders
    select (jsonb_populate_record(o, jsonb_build_object('id', ${zeros} || lpad(n::text, 12, '0'), 'order_number', n::text, 'payment', null))).*
    from orders o, generate_series(1, 1000) n where o.id = ${paid.orderId}`;
  const unpaid = await placeAs(email);
  await shopper.cancel(unpaid.orderId);
  type Erasure = { erased: string[]; kept: unknown[]; nextCursor: string | null };
  const first = (await eraseByApi({ email })).body as Erasure;
  expect(first).toMatchObject({ erased: [], nextCursor: `${zeros}000000001000` });
  expect(first.kept).toHaveLength(1000);
  const rest = (await eraseByApi({ email, cursor: first.nextCursor })).body as Erasure;
  expect(rest).toMatchObject({ erased: [unpaid.orderId], nextCursor: null });
  expect(rest.kept).toHaveLength(1);
  await orders`delete from orders where id::text like ${`${zeros}%`}`;
});

test("names are erased automatically, after a month for unpaid orders and five years for paid ones", async () => {
  const email = "in-time@shop.example";
  const [recent, unpaid, paid, old] = await Promise.all([1, 2, 3, 4].map(() => placeAs(email)));
  for (const order of [paid!, old!]) await shopper.confirm(await shopper.authenticate(order));
  for (const order of [recent!, unpaid!])
    await eventually(async () => {
      expect((await shopper.cancel(order.orderId)).status).toBe(200);
    });
  // increments the version, so that a concurrently applied event cannot write the old times back
  const age = (orderId: string, days: number) => orders`
    update orders set version = version + 1, expires_at = now() - make_interval(days => ${days}),
      confirmed_at = case when confirmed_at is null then null else now() - make_interval(days => ${days}) end
    where id = ${orderId}`;
  await age(recent!.orderId, 29);
  await age(unpaid!.orderId, 31);
  await age(paid!.orderId, 365);
  await age(old!.orderId, 5 * 366);
  await stack.restartOrder();
  await eventually(async () => {
    const named = await Promise.all(
      [recent!, unpaid!, paid!, old!].map(
        async ({ orderId }) => (await shopper.get(orderId)).customerEmail,
      ),
    );
    expect(named).toEqual([email, null, email, null] as never);
  });
});
