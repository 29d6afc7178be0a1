import { expect, test } from "bun:test";
import type { AdminOrders, Operator } from "@payflow/ui";
import { AppError } from "@payflow/shared";
import { adminOrders } from "./admin_orders.ts";

type Role = Operator["role"] | undefined;

/** Has no dependencies: a refused call must not reach them. */
const as = (role: Role) =>
  adminOrders({
    operator: () => role && { name: "kim", role },
  } as Parameters<typeof adminOrders>[0]);

const account = { bank: "088", accountNumber: "110123456789", holderName: "김토스" };

const calls: Readonly<
  Record<keyof AdminOrders, readonly [Operator["role"], (orders: AdminOrders) => Promise<unknown>]>
> = {
  listOrders: ["read", (orders) => orders.listOrders({})],
  sumOrders: ["read", (orders) => orders.sumOrders({})],
  exportOrders: ["read", (orders) => Array.fromAsync(orders.exportOrders({}, "ko"))],
  findOrder: ["read", (orders) => orders.findOrder("order-1")],
  orderLink: ["operate", (orders) => orders.orderLink("order-1")],
  refund: ["operate", (orders) => orders.refund({ orderId: "order-1", key: "k", reason: "r" })],
  grantRefund: ["operate", (orders) => orders.grantRefund({ orderId: "order-1" })],
  declineRefund: ["operate", (orders) => orders.declineRefund("order-1", "a")],
  cancelOrder: ["operate", (orders) => orders.cancelOrder("order-1", "r")],
  dismiss: ["operate", (orders) => orders.dismiss("order-1", "r")],
  provideRefundAccount: [
    "operate",
    (orders) => orders.provideRefundAccount({ orderId: "order-1", ...account }),
  ],
  queryToss: ["operate", (orders) => orders.queryToss("order-1")],
  erase: ["admin", (orders) => orders.erase("order-1", "r")],
};

const roles = [undefined, "read", "operate", "admin"] as const;
const cases = Object.entries(calls).flatMap(([name, [needed, call]]) =>
  roles.map((role) => ({
    name,
    role,
    call,
    isLetIn: roles.indexOf(role) >= roles.indexOf(needed),
  })),
);

test.each(cases)("$name() by the role $role", async ({ role, call, isLetIn }) => {
  const error: unknown = await call(as(role)).catch((thrown: unknown) => thrown);
  const isRefused = error instanceof AppError && error.code === "role_too_weak";
  // an admitted call fails with another error, for lack of dependencies
  expect(isRefused).toBe(!isLetIn);
});
