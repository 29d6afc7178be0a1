import { AppError } from "@payflow/shared";
import { orderScene, type PageScene } from "./page_scene.ts";
import { sampleRefundRequest } from "./sample_order.ts";

/** One order, from payable to its last state. */
export const orderScenes: readonly PageScene[] = [
  orderScene("payable", {}),
  { ...orderScene("payable_no_script", {}), noScript: true },
  orderScene(
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
  orderScene("unknown", {}, { status: "IN_PROGRESS" }),
  orderScene("settling", {}, { status: "DONE" }),
  orderScene("closing", { expiresAt: "2020-01-01T00:00:00.000Z" }),
  awaitingDeposit("awaiting_deposit"),
  {
    ...awaitingDeposit("deposit_copied"),
    async act(page) {
      await page.context().grantPermissions(["clipboard-write"]);
      await page.locator("[data-copy=account-number]").click();
      await page.getByText(/^(복사했습니다|Copied)$/).waitFor();
    },
  },
  orderScene("confirmed", { status: "CONFIRMED" }, { status: "DONE" }),
  orderScene(
    "confirmed_for_another_shop",
    { status: "CONFIRMED", returnTo: "https://mall.example/thanks?status=CONFIRMED" },
    { status: "DONE" },
  ),
  orderScene("payable_for_another_shop", { returnTo: "https://mall.example/?status=PENDING" }),
  {
    ...orderScene("confirmed_printed", { status: "CONFIRMED" }, { status: "DONE" }),
    act: (page) => page.emulateMedia({ media: "print" }),
  },
  orderScene(
    "confirmed_second_refunding",
    { status: "CONFIRMED" },
    { status: "DONE", refunding: true },
  ),
  orderScene(
    "partially_refunded",
    { status: "PARTIALLY_REFUNDED", refundedAmount: 300 },
    { status: "PARTIAL_CANCELED", refundedAmount: 300, balanceAmount: 700 },
  ),
  orderScene(
    "refunded",
    { status: "REFUNDED", refundedAmount: 1000 },
    { status: "CANCELED", refundedAmount: 1000 },
  ),
  {
    ...orderScene("refund_request_form", { status: "CONFIRMED" }, { status: "DONE" }),
    async act(page) {
      await page.locator("#refund-request summary").click();
      await page.locator("#refund-request button").click();
      await page.locator(".field-error").waitFor();
    },
  },
  orderScene(
    "refund_requested",
    { status: "CONFIRMED", refundRequest: sampleRefundRequest() },
    { status: "DONE" },
  ),
  orderScene(
    "refund_declined",
    {
      status: "CONFIRMED",
      refundRequest: sampleRefundRequest({
        status: "declined",
        answer: "개봉한 상품은 환불이 어렵습니다. 교환을 원하시면 전화 주세요.",
      }),
    },
    { status: "DONE" },
  ),
  orderScene("canceled", { status: "CANCELED" }),
  orderScene("expired", { status: "EXPIRED" }),
  orderScene(
    "expired_returned",
    { status: "EXPIRED" },
    { status: "EXPIRED", returnedAmount: 1000 },
  ),
  orderScene("refunding", { status: "EXPIRED" }, { status: "EXPIRED", refunding: true }),
  accountNeeded("refunding_needs_account"),
  {
    ...accountNeeded("refunding_account_errors"),
    async act(page) {
      await page.locator("[name=accountNumber]").fill("12-x");
      await page.locator("#refund-account button").click();
      await page.locator(".field-error").first().waitFor();
    },
  },
  {
    ...orderScene("masked", { status: "CONFIRMED" }, { status: "DONE" }),
    visitor: "other",
  },
  { ...awaitingDeposit("masked_deposit"), visitor: "other" },
  {
    name: "long_names",
    prepare(ui) {
      const name =
        "아주 긴 이름을 가진 상품은 좁은 화면에서 줄을 바꾸어야 합니다 AVeryLongUnbrokenProductNameThatMustWrapSomewhere";
      const { orderId } = ui.shop.add({
        orderName: `${name} 외 2건`,
        customerName: "가나다라마바사아자차카타파하".repeat(4),
        customerEmail: `${"long".repeat(14)}@${"sub.".repeat(8)}example.com`,
        amount: 9_777_777_768,
        items: [{ productId: "x", name, unitPrice: 98_765_432, quantity: 99 }],
      });
      return `/orders/${orderId}`;
    },
  },
  {
    ...withSdk("sdk_loading", "sdkHangs"),
    async act(page) {
      await page.locator(".pay-button").click();
      await page.locator("#pay.busy-form").waitFor();
    },
  },
  {
    ...withSdk("sdk_missing", "sdkFails"),
    async act(page) {
      await page.locator(".pay-button").click();
      await page.locator("#pay-message:not([hidden])").waitFor();
    },
  },
  {
    ...orderScene("window_closed", {}),
    async act(page) {
      await page.locator(".pay-button").click();
      await page.locator("#toss-window").getByRole("button", { name: "close" }).click();
      await page.locator("#pay:not(.busy-form)").waitFor();
    },
  },
  { ...orderScene("cancel_confirmation", {}), act: (page) => page.locator("summary").click() },
  {
    ...orderScene("cancel_refused", {}),
    async act(page, ui) {
      ui.shop.cancelRefusal = new AppError("unavailable", "payment_unavailable", "Payment is away");
      await page.locator("summary").click();
      await page.locator(".cancel button").click();
      await page.locator(".notice.warn[role=alert]").waitFor();
    },
  },
];

/** The fault is set before the page loads, because the page preloads the SDK. */
function withSdk(name: string, fault: "sdkHangs" | "sdkFails"): PageScene {
  const scene = orderScene(name, {});
  return {
    ...scene,
    prepare(ui) {
      ui[fault] = true;
      return scene.prepare(ui);
    },
  };
}

function awaitingDeposit(name: string): PageScene {
  return orderScene(name, { status: "AWAITING_DEPOSIT" }, { status: "WAITING_FOR_DEPOSIT" });
}

function accountNeeded(name: string): PageScene {
  return orderScene(
    name,
    { status: "EXPIRED" },
    { status: "EXPIRED", refunding: true, refundAccountNeeded: true },
  );
}
