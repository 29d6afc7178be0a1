import type { PaymentSnapshot } from "@payflow/shared";
import type { OrderPage } from "../contract.ts";
import type { PageScene } from "./page_scene.ts";
import { snapshotOf } from "./sample_order.ts";

type State = [Partial<OrderPage>, Partial<PaymentSnapshot>?];
const states: readonly State[] = [
  [{ status: "REFUNDED", refundedAmount: 1000 }],
  [{ status: "PARTIALLY_REFUNDED", refundedAmount: 300 }],
  [{ status: "EXPIRED" }, { status: "EXPIRED", refunding: true }],
  [{ status: "EXPIRED" }],
  [{ status: "CANCELED" }],
  [{ status: "AWAITING_DEPOSIT" }, { status: "WAITING_FOR_DEPOSIT" }],
  [{ status: "CONFIRMED", orderName: "무각 키캡 세트 외 2건", amount: 84_500 }],
  [{}, { status: "DONE" }],
  [{}, { status: "IN_PROGRESS" }],
  [{}, { failure: { code: "REJECT_CARD_PAYMENT", message: "한도초과" } }],
  [{}],
];

/** The list of orders, and pages without an order. */
export const siteScenes: readonly PageScene[] = [
  {
    name: "orders",
    prepare(ui) {
      for (const [change, payment] of states) {
        const order = ui.shop.add(change);
        if (!payment) continue;
        ui.shop.change(order.orderId, { payment: snapshotOf(order, payment) });
      }
      return "/orders";
    },
  },
  { name: "orders_empty", prepare: () => "/orders" },
  { name: "find", prepare: () => "/orders/find" },
  {
    name: "find_missed",
    prepare: () => "/orders/find",
    async act(page) {
      await page.locator("[name=orderNumber]").fill("1127-K7P3");
      await page.locator("[name=email]").fill("kim@example.com");
      await page.locator(".find button").click();
      await page.locator(".notice").waitFor();
    },
  },
  { name: "not_found", prepare: () => "/nowhere" },
  {
    name: "server_error",
    prepare(ui) {
      const broken = () => Promise.reject(new Error("broken"));
      Object.assign(ui.shop.deps, { listOrders: broken, refusalOf() {} });
      return "/orders";
    },
  },
  { name: "terms", prepare: () => "/terms" },
];
