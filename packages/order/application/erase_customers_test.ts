import { expect, test } from "bun:test";
import type { AppError } from "@payflow/shared";
import { after, moment, placed, snapshots } from "../testing/given.ts";
import type { Order } from "../domain/order.ts";
import { eraseCustomer, eraseDue } from "./erase_customers.ts";

const canceled = { ...snapshots.canceled, paymentVersion: 9 };
const notCancelable = { kind: "conflict", code: "order_not_cancelable", message: "", details: {} };

/** An order without a payment, expired by default, and what an erasure of its customer calls besides saving it. */
function bed(order = after(placed(), snapshots.expired).state) {
  const calls: string[] = [];
  const email = order.customerEmail;
  const pay = () => (order = after(order, snapshots.done).state);
  const during = { list: () => {}, payment: () => {}, close: () => {} };
  const close = async () => {
    calls.push("close");
    during.close();
    const [payment, refusal] =
      order.status === "CONFIRMED" ? [null, notCancelable] : [canceled, null];
    return { payment, refusal };
  };
  const list = () => {
    const listed = order.customerEmail === email ? [order] : [];
    during.list();
    return listed;
  };
  const deps = {
    listByEmail: async () => list(),
    listToErase: async () => list(),
    payments: { close, erase: async () => (calls.push("payment"), during.payment()) },
    deliveries: { eraseMails: async () => calls.push("mails") },
    orders: {
      find: async () => order,
      save: async ({ state }: { state: Order }) => ((order = state), "saved"),
    },
    now: () => moment.now,
    newId: moment.newId,
    faultPoint: () => {},
  } as unknown as Parameters<typeof eraseCustomer>[1];
  const erase = (includePaid = false) => eraseCustomer({ email, includePaid }, deps);
  const due = () => eraseDue({ unpaidDays: 30 }, deps);
  return { calls, during, pay, erase, due, deps, order: () => order };
}

test("eraseCustomer() keeps an order that is paid in the meantime with its mails and webhooks, unless includePaid is set", async () => {
  const { calls, during, pay, erase, order } = bed();
  during.list = pay;
  const kept = [{ orderId: order().orderId, until: expect.any(String) }];
  expect(await erase()).toMatchObject({ erased: [], kept });
  expect(order()).toMatchObject({ status: "CONFIRMED", customerName: "김토스" });
  expect(calls).toEqual([]);
  expect((await erase(true)).erased).toEqual([order().orderId]);
  expect(order()).toMatchObject({ status: "CONFIRMED", customerName: "", customerEmail: "" });
  expect(calls).toEqual(["payment", "mails"]);
});

test("an erasure that fails after the order's decision is finished by its repetition, even if the order was paid since", async () => {
  const { calls, during, pay, erase, order } = bed();
  during.payment = () => {
    throw new Error("away");
  };
  expect(erase()).rejects.toThrow("away");
  await erase().catch(() => {});
  expect(order()).toMatchObject({ customerName: "", customerEmail: "kim@example.com" });
  during.payment = () => {};
  pay();
  calls.length = 0;
  expect(await erase()).toMatchObject({ erased: [order().orderId], kept: [] });
  expect(calls).toEqual(["payment", "mails"]);
  expect(order()).toMatchObject({ status: "CONFIRMED", customerEmail: "" });
});

test("an order that can still be paid is cancelled before its customer is erased", async () => {
  for (const open of [placed(), after(placed(), snapshots.declined).state]) {
    const { calls, erase, order } = bed(open);
    expect(await erase()).toMatchObject({ erased: [order().orderId], kept: [] });
    expect(calls).toEqual(["close", "payment", "mails"]);
    expect(order()).toMatchObject({ status: "CANCELED", customerName: "", customerEmail: "" });
  }
  const waiting = bed(after(placed(), snapshots.waiting).state);
  expect((await waiting.erase()).kept).toHaveLength(1);
  expect(waiting.calls).toEqual([]);
  await waiting.erase(true);
  expect(waiting.order()).toMatchObject({ status: "CANCELED", customerEmail: "" });
});

test("an order that is paid before it can be cancelled keeps its customer", async () => {
  const { calls, during, pay, erase, order } = bed(placed());
  during.close = pay;
  expect(await erase().catch((error: AppError) => error.code)).toBe("order_not_cancelable");
  expect(calls).toEqual(["close"]);
  expect((await erase()).kept).toHaveLength(1);
  expect(order()).toMatchObject({ status: "CONFIRMED", customerName: "김토스" });
});

test("eraseCustomer() erases the other orders before it throws that one could not be cancelled", async () => {
  const expired = { ...after(placed(), snapshots.expired).state, orderId: Bun.randomUUIDv7() };
  const [paid, other] = [bed(placed()), bed(expired)];
  paid.during.close = paid.pay;
  const of = (orderId: string) => (orderId === expired.orderId ? other : paid);
  const { deps } = other;
  const both = {
    ...deps,
    listByEmail: async () => [paid.order(), other.order()],
    payments: { ...deps.payments, close: paid.deps.payments.close },
    orders: { ...deps.orders, find: (orderId: string) => of(orderId).deps.orders.find(orderId) },
  };
  const erased = eraseCustomer({ email: expired.customerEmail, includePaid: false }, both);
  await expect(erased).rejects.toMatchObject(notCancelable);
  expect(paid.order()).toMatchObject({ status: "CONFIRMED", customerName: "김토스" });
  expect(other.order()).toMatchObject({ customerName: "", customerEmail: "" });
});

test("eraseDue() counts only what it erased, so that the worker rests while a listed order must be kept", async () => {
  const kept = bed();
  kept.during.list = kept.pay;
  expect(await kept.due()).toBe(0);
  expect(kept.order().customerName).toBe("김토스");
  const unpaid = bed();
  expect(await unpaid.due()).toBe(1);
  expect(unpaid.order().customerEmail).toBe("");
});
