import { AppError, type PaymentSnapshot } from "@payflow/shared";
import type { Page } from "playwright-core";
import type { OrderPage } from "../contract.ts";
import { snapshotOf } from "./sample_order.ts";
import type { ServedUi } from "./serve_ui.ts";

/** Every page in every state that a shopper can meet, for screenshots and for the accessibility check. */
export type PageScene = {
  readonly name: string;
  /** Prepares the shop and returns the path to open. */
  prepare(ui: ServedUi): string;
  /** What the visitor does there before it is looked at. */
  act?(page: Page, ui: ServedUi): Promise<void>;
  readonly visitor?: "owner" | "stranger";
};

export const pageScenes: readonly PageScene[] = [
  { name: "shop", prepare: () => "/" },
  { name: "shop_empty", prepare: () => "/?quantity.dev-tool=0" },
  {
    name: "shop_errors",
    prepare: () => "/?quantity.dev-tool=x&quantity.keycaps=2",
    async act(page) {
      await page.locator("[name=customerEmail]").fill("kim@");
      await page.locator(".pay-button").click();
      await page.locator(".field-error").first().waitFor();
    },
  },
  order("payable", {}),
  order(
    "declined",
    {},
    {
      status: "READY",
      failure: {
        code: "REJECT_CARD_PAYMENT",
        message: "한도초과 혹은 잔액부족으로 결제에 실패했습니다.",
      },
    },
  ),
  order("unknown", {}, { status: "IN_PROGRESS" }),
  order("settling", {}, { status: "DONE" }),
  order("closing", { expiresAt: "2020-01-01T00:00:00.000Z" }),
  order(
    "awaiting_deposit",
    { status: "AWAITING_DEPOSIT" },
    { status: "WAITING_FOR_DEPOSIT" },
  ),
  order("confirmed", { status: "CONFIRMED" }, { status: "DONE" }),
  order(
    "confirmed_second_refunding",
    { status: "CONFIRMED" },
    { status: "DONE", refunding: true },
  ),
  order(
    "partially_refunded",
    { status: "PARTIALLY_REFUNDED", refundedAmount: 300 },
    { status: "PARTIAL_CANCELED", refundedAmount: 300, balanceAmount: 700 },
  ),
  order(
    "refunded",
    { status: "REFUNDED", refundedAmount: 1000 },
    { status: "CANCELED", refundedAmount: 1000 },
  ),
  order("canceled", { status: "CANCELED" }),
  order("expired", { status: "EXPIRED" }),
  order(
    "expired_returned",
    { status: "EXPIRED", moneyReturned: true },
    { status: "EXPIRED" },
  ),
  order(
    "refunding",
    { status: "EXPIRED" },
    { status: "EXPIRED", refunding: true },
  ),
  order(
    "refunding_needs_account",
    { status: "EXPIRED" },
    { status: "EXPIRED", refunding: true, refundAccountNeeded: true },
  ),
  {
    ...order("masked", { status: "CONFIRMED" }, { status: "DONE" }),
    visitor: "stranger",
  },
  {
    ...order("long_names", { status: "CONFIRMED" }, { status: "DONE" }),
    prepare(ui) {
      const name =
        "아주 긴 이름을 가진 상품은 좁은 화면에서 줄을 바꾸어야 합니다 AVeryLongUnbrokenProductNameThatMustWrapSomewhere";
      const { orderId } = ui.shop.add({
        orderName: `${name} 외 2건`,
        customerName: "가나다라마바사아자차카타파하".repeat(4),
        customerEmail: `${"long".repeat(14)}@${"sub.".repeat(8)}example.com`,
        amount: 9_876_543_210,
        items: [{ productId: "x", name, unitPrice: 98_765_432, quantity: 99 }],
      });
      return `/orders/${orderId}`;
    },
  },
  {
    name: "success_unknown",
    prepare(ui) {
      ui.shop.confirmAnswer = "IN_PROGRESS";
      return returned(ui);
    },
    act: (page) => page.locator("#verdict .lead").waitFor(),
  },
  {
    name: "success_unavailable",
    prepare(ui) {
      ui.shop.confirmAnswer = new AppError(
        "unavailable",
        "payment_unavailable",
        "Payment is away",
        { retryAfterSeconds: 60 },
      );
      return returned(ui);
    },
    act: (page) =>
      page
        .locator("#confirm[hx-trigger*='60s']")
        .waitFor({ state: "attached" }),
  },
  {
    name: "fail_cancelled",
    prepare: (ui) =>
      `/fail?order=${ui.shop.add({}).orderId}&code=PAY_PROCESS_CANCELED`,
  },
  {
    name: "fail_declined",
    prepare: (ui) =>
      `/fail?order=${ui.shop.add({}).orderId}&code=REJECT_CARD_COMPANY&message=${encodeURIComponent("카드사에 문의해 주세요.")}`,
  },
  {
    ...order("sdk_missing", {}),
    async act(page, ui) {
      ui.sdkFails = true;
      await page.locator(".pay-button").click();
      await page.locator("#pay-message:not([hidden])").waitFor();
    },
  },
  {
    ...order("cancel_question", {}),
    act: (page) => page.locator("summary").click(),
  },
  {
    name: "orders",
    prepare(ui) {
      ui.shop.add({ status: "CONFIRMED" });
      ui.shop.add({ status: "EXPIRED" });
      ui.shop.add({});
      return "/orders";
    },
  },
  { name: "orders_empty", prepare: () => "/orders" },
  { name: "not_found", prepare: () => "/nowhere" },
  { name: "bad_return", prepare: () => "/success?orderId=x" },
  { name: "terms", prepare: () => "/terms" },
];

function order(
  name: string,
  change: Partial<OrderPage>,
  payment?: Partial<PaymentSnapshot>,
): PageScene {
  return {
    name,
    prepare(ui) {
      const added = ui.shop.add(change);
      if (payment)
        ui.shop.change(added.orderId, { payment: snapshotOf(added, payment) });
      return `/orders/${added.orderId}`;
    },
  };
}

function returned(ui: ServedUi): string {
  const { orderId, amount } = ui.shop.add({});
  return `/success?paymentType=NORMAL&orderId=${orderId}&paymentKey=tviva123&amount=${amount}`;
}
