import { expect, setDefaultTimeout, test } from "bun:test";
import postgres from "postgres";
import { shopperOf } from "../../tests/shopper.ts";
import { testStack } from "../../tests/stack.ts";
import { copyRows } from "./copied_rows.ts";

setDefaultTimeout(600_000);

const copies = 300;

test("copyRows() makes checkouts that both services serve as paid orders", async () => {
  const stack = await testStack();
  try {
    const shopper = shopperOf(stack);
    const order = await shopper.place();
    const { orderId, customerEmail } = order;
    const body = await shopper.authenticate(order);
    await shopper.confirm(body);
    await shopper.becomes(orderId, "CONFIRMED");
    const ids = { orderId, paymentKey: body.paymentKey, email: customerEmail ?? "" };
    const newestMs = Date.now() - 60_000;
    const known = new Map<string, string[]>();
    for (const [part, table] of [
      ["order", "orders"],
      ["payment", "payments"],
    ] as const) {
      const url = stack.databases[part];
      const rows = await copyRows({ url, ids, copies, newestMs, onProgress() {} });
      expect(Object.keys(rows)).toContain(table);
      known.set(part, await idsOf(url, table));
    }
    expect(known.get("order")).toHaveLength(copies + 1);
    expect(known.get("payment")).toEqual(known.get("order") ?? []);
    const copied = known.get("order")?.find((id) => id !== orderId) ?? "";
    expect(await shopper.get(copied)).toMatchObject({ orderId: copied, status: "CONFIRMED" });
    const headers = { Authorization: `Bearer ${stack.merchantKey}` };
    const payment = await fetch(`${stack.url}/api/payments/${copied}`, { headers });
    expect(await payment.json()).toMatchObject({ orderId: copied, status: "DONE" });
  } finally {
    await stack.close();
  }
});

async function idsOf(url: string, table: string): Promise<string[]> {
  const sql = postgres(url, { max: 1, onnotice() {} });
  const rows = await sql<{ id: string }[]>`select id::text as id from ${sql(table)} order by id`;
  await sql.end();
  return rows.map(({ id }) => id);
}
