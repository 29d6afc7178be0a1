import { expect, test } from "bun:test";
import { after, moment, placed, snapshots } from "../testing/given.ts";
import type { Order } from "../domain/order.ts";
import { eraseCustomer } from "./erase_customers.ts";

/** Erases the customer of an order that is paid while it is being erased. */
async function eraseWhilePaid(includePaid: boolean) {
  let order = after(placed(), snapshots.expired).state;
  const deps = {
    listByEmail: async () => [order],
    payments: { erase: async () => (order = after(order, snapshots.done).state) },
    deliveries: { eraseMails: async () => {} },
    orders: {
      find: async () => order,
      save: async ({ state }: { state: Order }) => ((order = state), "saved"),
    },
    now: () => moment.now,
    newId: moment.newId,
    faultPoint: () => {},
  } as unknown as Parameters<typeof eraseCustomer>[1];
  const { erased } = await eraseCustomer({ email: order.customerEmail, includePaid }, deps);
  return { erased, status: order.status, customerName: order.customerName };
}

test("eraseCustomer() keeps an order that is paid in the meantime, unless includePaid is set", async () => {
  const kept = await eraseWhilePaid(false);
  expect(kept).toEqual({ erased: [], status: "CONFIRMED", customerName: "김토스" });
  expect(await eraseWhilePaid(true)).toMatchObject({ status: "CONFIRMED", customerName: "" });
});
