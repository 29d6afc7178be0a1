import { AppError } from "@payflow/shared";
import type { OrderPage } from "../contract.ts";
import type { PageScene } from "./page_scene.ts";
import type { ServedUi } from "./serve_ui.ts";

/** The pages to which Toss's window redirects. */
export const returnScenes: readonly PageScene[] = [
  { name: "success_no_script", noScript: true, prepare: (ui) => returned(ui) },
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
    async act(page) {
      await page.locator("#confirm[hx-trigger*='60s']").waitFor({ state: "attached" });
      // The button appears after eight seconds.
      await page.evaluate(() =>
        document.getAnimations().forEach((animation) => animation.finish()),
      );
      await page.locator("#confirm button").waitFor();
    },
  },
  refused("success_session_expired", "payment_session_expired"),
  refused("success_paid_before", "order_already_paid", {
    status: "CONFIRMED",
    confirmedAt: "2026-11-22T03:04:05.000Z",
  }),
  refused("success_too_late", "order_not_payable", { status: "EXPIRED" }),
  failed("fail_cancelled", "PAY_PROCESS_CANCELED"),
  failed("fail_declined", "REJECT_CARD_COMPANY", "결제 승인이 거절되었습니다."),
  failed(
    "fail_aborted",
    "PAY_PROCESS_ABORTED",
    "결제 진행 중 승인에 실패하여 결제가 중단되었습니다.",
  ),
  { name: "fail_without_order", prepare: () => "/fail?code=X" },
  { name: "bad_return", prepare: () => "/success?orderId=x" },
];

function returned(ui: ServedUi, order: Partial<OrderPage> = {}): string {
  const { orderId, amount } = ui.shop.add(order);
  return `/success?paymentType=NORMAL&orderId=${orderId}&paymentKey=tviva123&amount=${amount}`;
}

function refused(name: string, code: string, order: Partial<OrderPage> = {}): PageScene {
  return {
    name,
    prepare(ui) {
      ui.shop.confirmAnswer = new AppError("conflict", code, "Not taken");
      return returned(ui, order);
    },
    act: (page) => page.locator("#confirm:empty").waitFor({ state: "attached" }),
  };
}

function failed(name: string, code: string, message = ""): PageScene {
  return {
    name,
    prepare(ui) {
      const { orderId } = ui.shop.add({});
      return `/fail?${new URLSearchParams({ order: orderId, code, message })}`;
    },
  };
}
