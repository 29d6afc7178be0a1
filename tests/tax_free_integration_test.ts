// Tax-free goods end to end: from shop.json to the ledger.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let shopper: ReturnType<typeof shopperOf>;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "payflow-tax-free-"));
  const sample = await Bun.file(`${import.meta.dir}/../shop.json`).json();
  const product = {
    productId: "book",
    name: "책과 책갈피",
    unitPrice: 15_000,
    taxFreeAmount: 12_000,
  };
  const path = join(folder, "shop.json");
  await Bun.write(path, JSON.stringify({ ...sample, products: [...sample.products, product] }));
  stack = await testStack({ order: { SHOP_FILE: path } });
  shopper = shopperOf(stack);
}, 600_000);
afterAll(async () => {
  await stack.close();
  await rm(folder, { recursive: true });
});

const basket = [
  { productId: "book", quantity: 2 },
  { productId: "keycaps", quantity: 1 },
];

/** Places an order and pays it with its tax-free amount, as the page does. */
async function pay(): Promise<{ orderId: string; paymentKey: string }> {
  const order = await shopper.place(basket);
  const authenticated = await shopper.authenticate(order, { taxFreeAmount: 24_000 });
  expect((await shopper.confirm(authenticated)).status).toBe(200);
  return authenticated;
}

const atToss = async (paymentKey: string) => {
  const authorization = `Basic ${btoa("test_sk_sandbox:")}`;
  const headers = { Authorization: authorization };
  const response = await fetch(`${stack.sandboxUrl}/v1/payments/${paymentKey}`, { headers });
  return (await response.json()) as Record<string, unknown>;
};

async function inPayment<T>(read: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(stack.databases.payment, { max: 1 });
  try {
    return await read(sql);
  } finally {
    await sql.end();
  }
}

test("order, payment and ledger have the products' tax-free amounts", async () => {
  const { orderId, paymentKey } = await pay();
  expect(await shopper.get(orderId)).toMatchObject({
    amount: 69_000,
    taxFreeAmount: 24_000,
    items: [
      { productId: "book", taxFreeAmount: 12_000, quantity: 2 },
      { productId: "keycaps", quantity: 1 },
    ],
  });
  expect(await atToss(paymentKey)).toMatchObject({ taxFreeAmount: 24_000, vat: 4_091 });
  const part = await shopper.refund(orderId, {
    reason: "책 품절",
    amount: 15_000,
    taxFreeAmount: 12_000,
  });
  expect(await part.json()).toMatchObject({
    taxFreeAmount: 24_000,
    taxFreeBalance: 12_000,
    cancels: [{ amount: 15_000, taxFreeAmount: 12_000 }],
  });
  const share = await shopper.refund(orderId, { reason: "할인", amount: 5_400 });
  expect(await share.json()).toMatchObject({ balanceAmount: 48_600, taxFreeBalance: 10_800 });
  const tooMuch = { reason: "변심", amount: 20_000, taxFreeAmount: 10_801 };
  const refused = await shopper.refund(orderId, tooMuch);
  expect([refused.status, await refused.json()]).toMatchObject([
    422,
    { code: "tax_free_out_of_range" },
  ]);
  await shopper.refund(orderId, { reason: "나머지" });
  expect(await atToss(paymentKey)).toMatchObject({ balanceAmount: 0, taxFreeAmount: 0, vat: 0 });
  const rows = await inPayment(
    (sql) =>
      sql`select kind, amount_krw::integer as amount, vat_krw::integer as vat, tax_free_krw::integer as "taxFree"
      from ledger_entries where order_id = ${orderId} order by version, position`,
  );
  expect([...rows]).toEqual([
    { kind: "capture", amount: 69_000, vat: 4_091, taxFree: 24_000 },
    { kind: "refund", amount: -15_000, vat: null, taxFree: -12_000 },
    { kind: "refund", amount: -5_400, vat: null, taxFree: -1_200 },
    { kind: "refund", amount: -48_600, vat: null, taxFree: -10_800 },
  ]);
});

test("a different tax-free amount at Toss does not fail the payment, and is flagged", async () => {
  await shopper.sandbox("/_sandbox/settings", { isTaxedOnly: true });
  const { orderId } = await pay();
  await shopper.sandbox("/_sandbox/settings", { isTaxedOnly: false });
  expect(await shopper.get(orderId)).toMatchObject({ status: "CONFIRMED", taxFreeAmount: 24_000 });
  const differing = () =>
    inPayment((sql) => sql`select id from payments where tax_free_differs order by id`);
  expect((await differing()).map(({ id }) => id)).toEqual([orderId]);
  // the refund sends no tax-free amount that Toss does not have
  const part = await shopper.refund(orderId, { reason: "변심", amount: 1_000 });
  expect(await part.json()).toMatchObject({ taxFreeBalance: 0, cancels: [{ taxFreeAmount: 0 }] });
});

test("a priced order has the tax-free amount of its request", async () => {
  const place = (taxFreeAmount: number) =>
    fetch(`${stack.url}/api/orders`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Authorization: `Bearer ${stack.merchantKey}`,
      },
      body: JSON.stringify({
        orderName: "쌀 10kg",
        amount: 30_000,
        taxFreeAmount,
        customerName: "김토스",
        customerEmail: "kim@example.com",
      }),
    });
  expect(await (await place(30_000)).json()).toMatchObject({ taxFreeAmount: 30_000 });
  const tooMuch = await place(30_001);
  expect([tooMuch.status, await tooMuch.json()]).toMatchObject([
    422,
    { errors: [{ path: "taxFreeAmount" }] },
  ]);
});
