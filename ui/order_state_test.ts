import { expect, test } from "bun:test";
import { orderStatuses, type PaymentSnapshot, PaymentStatus } from "@payflow/shared";
import type { OrderPage } from "./contract.ts";
import { isPayable, orderState } from "./order_state.ts";
import { createFakeShop } from "./testing/fake_shop.ts";
import { snapshotOf } from "./testing/sample_order.ts";

const now = new Date("2026-11-22T03:10:00.000Z");
const placed = createFakeShop().add({ expiresAt: "2026-11-22T03:45:00.000Z" });

function stateOf(order: Partial<OrderPage>, payment?: Partial<PaymentSnapshot>) {
  const whole = { ...placed, ...order };
  return orderState({ ...whole, payment: payment ? snapshotOf(whole, payment) : null }, now);
}

const failure = { code: "REJECT_CARD_PAYMENT", message: "한도 초과" };

test.each([
  ["payable", {}, undefined],
  ["payable", {}, { status: "READY" }],
  ["declined", {}, { status: "READY", failure }],
  ["closing", { expiresAt: "2026-11-22T03:09:00.000Z" }, { status: "READY", failure }],
  ["unknown", {}, { status: "IN_PROGRESS" }],
  ["unknown", { expiresAt: "2026-11-22T03:09:00.000Z" }, { status: "IN_PROGRESS" }],
  ["settling", {}, { status: "DONE" }],
  ["settling", { status: "AWAITING_DEPOSIT" }, { status: "DONE" }],
  ["awaiting_deposit", {}, { status: "WAITING_FOR_DEPOSIT" }],
  ["awaiting_deposit", { status: "AWAITING_DEPOSIT" }, undefined],
  ["expired", {}, { status: "EXPIRED" }],
  ["canceled", {}, { status: "CANCELED" }],
  ["refunding", {}, { status: "EXPIRED", refunding: true }],
  ["refunding", { status: "CANCELED" }, { status: "CANCELED", refunding: true }],
  ["refunding", { status: "EXPIRED" }, { status: "EXPIRED", refunding: true }],
  ["confirmed", { status: "CONFIRMED" }, { status: "DONE", refunding: true }],
  ["expired", { status: "EXPIRED" }, undefined],
] as const)("orderState() is %s for %p with %p", (state, order, payment) => {
  expect(stateOf(order, payment)).toBe(state);
});

test("orderState() is payable only while nothing is charged or in progress", () => {
  for (const status of orderStatuses) {
    for (const paymentStatus of PaymentStatus.options) {
      const payable = isPayable(stateOf({ status }, { status: paymentStatus }));
      expect(payable).toBe(status === "PENDING" && paymentStatus === "READY");
    }
  }
});
