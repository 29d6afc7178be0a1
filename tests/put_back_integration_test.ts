import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { AppError } from "@payflow/shared";
import { backUp, eventually } from "@payflow/local-stack/testing";
import postgres from "postgres";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

// unreachable, so that events cannot repair anything
const noKafka = ["127.0.0.1:9"];
const keycaps = [{ productId: "keycaps", quantity: 1 }];

let stack: TestStack;
let shopper: ReturnType<typeof shopperOf>;
let payments: postgres.Sql;

async function open(options: Parameters<typeof testStack>[0]): Promise<void> {
  stack = await testStack({ brokers: noKafka, ...options });
  shopper = shopperOf(stack);
  payments = postgres(stack.databases.payment, { max: 2, onnotice() {} });
  await shopper.sandbox("/_sandbox/webhooks", { drop: true });
}
async function close(): Promise<void> {
  await payments.end();
  await stack.close();
}

async function rowOf(orderId: string) {
  const [row] = await payments<{ status: string; version: number }[]>`
    select status, version from payments where id = ${orderId}`;
  return row;
}

async function heldInAll(orderId: string): Promise<number> {
  const held = await shopper.heldByToss(orderId);
  return held.reduce(
    (sum, { approvals, balanceAmount }) => (approvals > 0 ? sum + balanceAmount : sum),
    0,
  );
}

const withoutOrder = (count: number) =>
  new RegExp(`^payflow_attention_items\\{kind="money_without_order",.*\\} ${count}$`, "m");

describe("payment's database is restored, before any sweep", () => {
  beforeAll(() =>
    open({ order: { SWEEP_MS: "3600000" }, payment: { TRANSACTION_SWEEP_MS: "3600000" } }),
  );
  afterAll(close);

  test("a second tab is not charged", async () => {
    const order = await shopper.place(keycaps);
    const first = await shopper.authenticate(order);
    const second = await shopper.authenticate(order);
    const backup = await backUp(stack.databases.payment);
    expect((await shopper.confirm(first)).status).toBe(200);
    await backup.putBack();
    const refused = await shopper.confirm(second);
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ code: "order_already_paid" });
    expect(await heldInAll(order.orderId)).toBe(39_000);
    expect(await shopper.get(order.orderId)).toMatchObject({ status: "CONFIRMED" });
    expect((await rowOf(order.orderId))?.status).toBe("DONE");
    // the tab that paid gets the same response as before
    expect((await shopper.confirm(first)).status).toBe(200);
  });

  test("while Toss can't be queried, a confirm gets 503 and is not sent", async () => {
    const order = await shopper.place(keycaps);
    const first = await shopper.authenticate(order);
    const second = await shopper.authenticate(order);
    const backup = await backUp(stack.databases.payment);
    expect((await shopper.confirm(first)).status).toBe(200);
    await backup.putBack();
    const { orderId } = order;
    await shopper.sandbox("/_sandbox/faults", {
      operation: "find",
      fault: "error_before",
      times: 2,
      orderId,
    });
    const refused = await shopper.confirm(second);
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("5");
    expect(await refused.json()).toMatchObject({ code: "payment_recovering" });
    await eventually(async () => {
      expect((await shopper.confirm(second)).status).toBe(409);
    });
    expect(await heldInAll(orderId)).toBe(39_000);
  });

  test("a cancel finds the order paid", async () => {
    const order = await shopper.place(keycaps);
    const first = await shopper.authenticate(order);
    const backup = await backUp(stack.databases.payment);
    expect((await shopper.confirm(first)).status).toBe(200);
    await backup.putBack();
    const refused = await shopper.cancel(order.orderId);
    expect(await refused.json()).toMatchObject({ code: "order_not_cancelable" });
    expect(await heldInAll(order.orderId)).toBe(39_000);
  });

  test("a refund succeeds and is applied to its order, though the payment's row is lost", async () => {
    const backup = await backUp(stack.databases.payment);
    const { orderId } = await shopper.pay(keycaps);
    await backup.putBack();
    expect(await rowOf(orderId)).toBeUndefined();
    const refunded = await shopper.refund(orderId, { reason: "변심", amount: 9000 });
    expect(refunded.status).toBe(200);
    expect(await shopper.get(orderId)).toMatchObject({
      status: "PARTIALLY_REFUNDED",
      refundedAmount: 9000,
    });
    expect(await heldInAll(orderId)).toBe(30_000);
  });

  test("a refund repeated under its key is made once", async () => {
    const { orderId } = await shopper.pay(keycaps);
    const backup = await backUp(stack.databases.payment);
    const body = { reason: "변심", amount: 9000 };
    expect((await shopper.refund(orderId, body, "key-1")).status).toBe(200);
    await backup.putBack();
    const again = await shopper.refund(orderId, body, "key-1");
    expect(again.status).toBe(200);
    expect(await again.json()).toMatchObject({ balanceAmount: 30_000 });
    expect(await heldInAll(orderId)).toBe(30_000);
    const other = await shopper.refund(orderId, { reason: "변심", amount: 100 }, "key-1");
    expect(await other.json()).toMatchObject({ code: "idempotency_key_reused" });
    // a refund under another key is a new refund
    expect((await shopper.refund(orderId, body, "key-2")).status).toBe(200);
    expect(await heldInAll(orderId)).toBe(21_000);
  });

  test("a cancelled order stays cancelled, and money for it is refunded", async () => {
    const order = await shopper.place(keycaps);
    const late = await shopper.authenticate(order);
    const backup = await backUp(stack.databases.payment);
    expect((await shopper.cancel(order.orderId)).status).toBe(200);
    await backup.putBack();
    expect(await (await shopper.confirm(late)).json()).toMatchObject({ code: "order_not_payable" });
    expect(await heldInAll(order.orderId)).toBe(0);
    expect(await shopper.get(order.orderId)).toMatchObject({ status: "CANCELED" });
  });

  test("a paid order whose payment Toss does not know needs manual review", async () => {
    const { orderId } = await shopper.place(keycaps);
    const orders = postgres(stack.databases.order, { max: 1 });
    const paid = await shopper.pay(keycaps);
    // simulates a forged event: an unpaid order has another order's payment
    await orders`
      update orders set status = 'CONFIRMED', confirmed_at = now(), payment =
        (select jsonb_set(payment, '{orderId}', to_jsonb(${orderId}::text)) from orders where id = ${paid.orderId})
      where id = ${orderId}`;
    await orders.end();
    // Toss's response may be stale, so two queries ten seconds apart are needed
    const doubted = await shopper.refund(orderId, { reason: "변심" });
    expect(doubted.status).toBe(503);
    expect(await doubted.json()).toMatchObject({ code: "payment_recovering" });
    await payments`update unrecovered set found_at = found_at - interval '10 seconds'`;
    const refused = await shopper.refund(orderId, { reason: "변심" });
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ code: "payment_unrecoverable" });
    const [open] = await payments`
      select kind, needs_review from open_ends where order_id = ${orderId}`;
    expect(open).toEqual({ kind: "recovery", needs_review: true });
  });
});

describe("payment's database is restored, and the sweeps run", () => {
  beforeAll(() =>
    open({
      order: { SWEEP_MS: "300", ORDER_TTL_MS: "4000" },
      payment: { TRANSACTION_SWEEP_MS: "3600000" },
    }),
  );
  afterAll(close);

  test("a paid order's payment is rebuilt automatically, and does not expire", async () => {
    const order = await shopper.place(keycaps);
    const first = await shopper.authenticate(order);
    const backup = await backUp(stack.databases.payment);
    expect((await shopper.confirm(first)).status).toBe(200);
    const { orderId } = order;
    await backup.putBack();
    await eventually(async () => {
      expect(await rowOf(orderId)).toMatchObject({ status: "DONE" });
    });
    await eventually(async () => {
      const [{ over } = {}] = await payments`
        select now() > expires_at + interval '1 second' as over from payments where id = ${orderId}`;
      expect(over).toBe(true);
    });
    expect(await rowOf(orderId)).toMatchObject({ status: "DONE" });
    expect(await shopper.get(orderId)).toMatchObject({ status: "CONFIRMED" });
    expect(await heldInAll(orderId)).toBe(39_000);
  });

  test("a paid order's payment that expired meanwhile is rebuilt, and nothing is refunded", async () => {
    const order = await shopper.place(keycaps);
    const first = await shopper.authenticate(order);
    const backup = await backUp(stack.databases.payment);
    expect((await shopper.confirm(first)).status).toBe(200);
    const { orderId } = order;
    await backup.putBack();
    // simulates that payment expired the order, several versions later, before order could compare
    await payments`
      update payments set status = 'EXPIRED', version = 40, next_at = null, attempts = '[]', payment_keys = '{}',
        kept = null, changed_at = now() where id = ${orderId}`;
    await eventually(async () => {
      expect(await rowOf(orderId)).toMatchObject({ status: "DONE" });
    });
    expect(await shopper.get(orderId)).toMatchObject({ status: "CONFIRMED" });
    expect(await heldInAll(orderId)).toBe(39_000);
  });

  test("a lost refund is counted again, and the rest can be refunded", async () => {
    const { orderId } = await shopper.pay(keycaps);
    const backup = await backUp(stack.databases.payment);
    await shopper.refund(orderId, { reason: "변심", amount: 9000 }, "key-1");
    await backup.putBack();
    await eventually(async () => {
      const [row] = await payments`
        select kept->>'balanceAmount' as balance from payments where id = ${orderId}`;
      expect(row?.["balance"]).toBe("30000");
    });
    await shopper.refund(orderId, { reason: "변심", amount: 9000 }, "key-1");
    expect(await heldInAll(orderId)).toBe(30_000);
    expect((await shopper.refund(orderId, { reason: "나머지" })).status).toBe(200);
    expect(await shopper.get(orderId)).toMatchObject({ status: "REFUNDED" });
  });

  test("a lost virtual account is rebuilt, and its deposit confirms the order", async () => {
    const order = await shopper.place(keycaps);
    const { orderId } = order;
    const account = await shopper.authenticate(order, { method: "VIRTUAL_ACCOUNT" });
    const backup = await backUp(stack.databases.payment);
    expect((await shopper.confirm(account)).status).toBe(200);
    await backup.putBack();
    await eventually(async () => {
      expect(await rowOf(orderId)).toMatchObject({ status: "WAITING_FOR_DEPOSIT" });
    });
    await shopper.sandbox("/_sandbox/webhooks", {});
    await shopper.sandbox(`/_sandbox/payments/${account.paymentKey}/deposit`, {});
    await shopper.becomes(orderId, "CONFIRMED");
    await shopper.sandbox("/_sandbox/webhooks", { drop: true });
  });

  test("a payment that differs from order's snapshot of the same version is rebuilt", async () => {
    const { orderId } = await shopper.pay(keycaps);
    await payments`
      update payments set kept = jsonb_set(kept, '{balanceAmount}', '1') where id = ${orderId}`;
    await eventually(async () => {
      const [row] = await payments`
        select kept->>'balanceAmount' as balance from payments where id = ${orderId}`;
      expect(row?.["balance"]).toBe("39000");
    });
    await eventually(async () => {
      const { version } = (await rowOf(orderId)) ?? { version: 0 };
      const orders = postgres(stack.databases.order, { max: 1 });
      const [row] = await orders`
        select payment->>'paymentVersion' as version from orders where id = ${orderId}`;
      await orders.end();
      expect(row?.["version"]).toBe(String(version));
    });
  });
});

describe("order's database is restored", () => {
  beforeAll(() => open({ order: { SWEEP_MS: "300" } }));
  afterAll(close);

  test("an order follows its payment again", async () => {
    const order = await shopper.place(keycaps);
    const first = await shopper.authenticate(order);
    const backup = await backUp(stack.databases.order);
    expect((await shopper.confirm(first)).status).toBe(200);
    await shopper.refund(order.orderId, { reason: "변심", amount: 9000 });
    await backup.putBack();
    const { refundedAmount } = await shopper.becomes(order.orderId, "PARTIALLY_REFUNDED");
    expect(refundedAmount).toBe(9000);
  });

  test("money without an order is reported, and can be returned", async () => {
    const backup = await backUp(stack.databases.order);
    const { orderId } = await shopper.pay(keycaps);
    await backup.putBack();
    const orders = postgres(stack.databases.order, { max: 1 });
    await eventually(async () => {
      const [row] = await orders`
        select payment->>'balanceAmount' as balance from orphaned_payments where order_id = ${orderId}`;
      expect(row?.["balance"]).toBe("39000");
    });
    const headers = { Authorization: `Bearer ${stack.merchantKey}` };
    const figures = async () => await (await fetch(`${stack.url}/metrics`, { headers })).text();
    expect(await figures()).toMatch(withoutOrder(1));
    const path = `${stack.url}/api/payments/${orderId}`;
    expect(await (await fetch(path, { headers })).json()).toMatchObject({ balanceAmount: 39_000 });
    expect((await fetch(path)).status).toBe(404);
    const refunded = await shopper.refund(orderId, { reason: "주문 유실" });
    expect(refunded.status).toBe(200);
    expect(await heldInAll(orderId)).toBe(0);
    await eventually(async () => {
      expect(await figures()).toMatch(withoutOrder(0));
    });
    await orders.end();
    const unknown = await shopper.refund(crypto.randomUUID(), { reason: "x" });
    expect(unknown.status).toBe(404);
  });
});

describe("both databases are restored", () => {
  beforeAll(() =>
    open({ order: { SWEEP_MS: "3600000" }, payment: { TRANSACTION_SWEEP_MS: "3600000" } }),
  );
  afterAll(close);

  /** Simulates that the same rows are on another or restarted server. */
  async function onAnotherServer(): Promise<void> {
    await payments`update proven_database set incarnation = 'another server'`;
    await stack.restartPayment();
  }

  test("a second tab is not charged, though no row has the first attempt", async () => {
    const order = await shopper.place(keycaps);
    const { orderId } = order;
    const first = await shopper.authenticate(order);
    const second = await shopper.authenticate(order);
    const backups = [await backUp(stack.databases.order), await backUp(stack.databases.payment)];
    expect((await shopper.confirm(first)).status).toBe(200);
    for (const backup of backups) await backup.putBack();
    expect(await shopper.get(orderId)).toMatchObject({ status: "PENDING" });
    await onAnotherServer();
    const refused = await shopper.confirm(second);
    expect(await refused.json()).toMatchObject({ code: "order_already_paid" });
    expect(await heldInAll(orderId)).toBe(39_000);
    expect(await shopper.get(orderId)).toMatchObject({ status: "CONFIRMED" });
  });

  test("a second tab is not charged, though payment does not know the order", async () => {
    const payment = await backUp(stack.databases.payment);
    const order = await shopper.place(keycaps);
    const { orderId } = order;
    const first = await shopper.authenticate(order);
    const second = await shopper.authenticate(order);
    const orders = await backUp(stack.databases.order);
    expect((await shopper.confirm(first)).status).toBe(200);
    await payment.putBack();
    await orders.putBack();
    await onAnotherServer();
    await eventually(async () => {
      const [row] = await payments`
        select amount_krw from unclaimed_money where order_id = ${orderId}`;
      expect(Number(row?.["amount_krw"])).toBe(39_000);
    });
    const refused = await shopper.confirm(second);
    expect(await refused.json()).toMatchObject({ code: "order_already_paid" });
    expect(await heldInAll(orderId)).toBe(39_000);
    expect(await shopper.get(orderId)).toMatchObject({ status: "CONFIRMED" });
  });

  test("money of an order that both databases lost is reported", async () => {
    const backups = [await backUp(stack.databases.order), await backUp(stack.databases.payment)];
    const { orderId } = await shopper.pay(keycaps);
    for (const backup of backups) await backup.putBack();
    await onAnotherServer();
    const headers = { "X-Internal-Key": stack.internalKey };
    await eventually(async () => {
      const text = await (await fetch(`${stack.paymentUrl}/metrics`, { headers })).text();
      expect(text).toMatch(withoutOrder(1));
    });
    expect(await rowOf(orderId)).toBeUndefined();
  });
});

describe("both databases are restored, and the sweep over Toss's list fails", () => {
  let isStuck = false;
  beforeAll(() =>
    open({
      order: { SWEEP_MS: "3600000", ORDER_TTL_MS: "20000" },
      payment: { TRANSACTION_SWEEP_MS: "3600000" },
      faultPoint(name) {
        if (isStuck && name === "transactionSweep:found")
          throw new AppError("unavailable", "payment_busy", "just now");
      },
    }),
  );
  afterAll(close);

  test("a confirm queries Toss about its order first, and no order expires", async () => {
    const [attempted, forgotten] = [await shopper.place(keycaps), await shopper.place(keycaps)];
    const [first, second, other] = [
      await shopper.authenticate(attempted),
      await shopper.authenticate(attempted),
      await shopper.authenticate(forgotten),
    ];
    const backups = [await backUp(stack.databases.order), await backUp(stack.databases.payment)];
    expect((await shopper.confirm(first)).status).toBe(200);
    expect((await shopper.confirm(other)).status).toBe(200);
    for (const backup of backups) await backup.putBack();
    isStuck = true;
    await payments`update proven_database set incarnation = 'another server'`;
    // simulates that OrderCreated has opened the payments
    await payments`
      insert into payments (id, version, status, order_name, amount_krw, currency, attempts, payment_keys,
        refunds, expires_at, changed_at, next_at)
      select o.id, 1, 'READY', o.name, 39000, 'KRW', '[]', '{}', '[]', now() + interval '1 hour', now(), now()
      from unnest(${[attempted.orderId, forgotten.orderId]}::uuid[], array['키캡', '키캡']) as o(id, name)
      on conflict (id) do nothing`;
    await stack.restartPayment();
    // expires the payment only now, because the process before the restart would have closed it
    await payments`
      update payments set expires_at = now() - interval '1 second', next_at = now() where id = ${forgotten.orderId}`;
    const refused = await shopper.confirm(second);
    expect(await refused.json()).toMatchObject({ code: "order_already_paid" });
    expect(await heldInAll(attempted.orderId)).toBe(39_000);
    await eventually(async () => {
      const [row] = await payments`
        select claimed_until > now() as claimed from payments where id = ${forgotten.orderId}`;
      expect(row?.["claimed"]).toBe(true);
    });
    expect(await rowOf(forgotten.orderId)).toMatchObject({ status: "READY" });
    isStuck = false;
    await stack.restartPayment();
    await eventually(async () => {
      expect(await rowOf(forgotten.orderId)).toMatchObject({ status: "DONE" });
    });
    expect(await heldInAll(forgotten.orderId)).toBe(39_000);
    const expired = await payments`
      select 1 from history where aggregate_id = ${forgotten.orderId} and status = 'EXPIRED'`;
    expect(expired).toHaveLength(0);
  });
});
