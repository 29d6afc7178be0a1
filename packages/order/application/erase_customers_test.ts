import { expect, test } from "bun:test";
import { after, moment, placed, snapshots } from "../testing/given.ts";
import type { Order } from "../domain/order.ts";
import { eraseCustomer, eraseDue } from "./erase_customers.ts";

/** An order without a payment, and what an erasure of its customer calls besides saving it. */
function bed() {
  const calls: string[] = [];
  let order = after(placed(), snapshots.expired).state;
  const email = order.customerEmail;
  const pay = () => (order = after(order, snapshots.done).state);
  const during = { list: () => {}, payment: () => {} };
  const list = () => {
    const listed = order.customerEmail === email ? [order] : [];
    during.list();
    return listed;
  };
  const deps = {
    listByEmail: async () => list(),
    listToErase: async () => list(),
    payments: { erase: async () => (calls.push("payment"), during.payment()) },
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
  return { calls, during, pay, erase, due, order: () => order };
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

test("eraseDue() counts only what it erased, so that the worker rests while a listed order must be kept", async () => {
  const kept = bed();
  kept.during.list = kept.pay;
  expect(await kept.due()).toBe(0);
  expect(kept.order().customerName).toBe("김토스");
  const unpaid = bed();
  expect(await unpaid.due()).toBe(1);
  expect(unpaid.order().customerEmail).toBe("");
});
