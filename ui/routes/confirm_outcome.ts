import type { AppError } from "@payflow/shared";
import type { OrderPage, UiDeps } from "../contract.ts";
import type { Return } from "../fragments/confirm_form.tsx";
import { type News, type OrderScreen, withSnapshot } from "../order_screen.ts";
import { refusalOf } from "../refusal.ts";
import type { UiContext } from "../scene.ts";

/** The result of a confirm, in the terms of the order's screen. */
export type Outcome = {
  readonly order?: OrderPage;
  readonly state?: OrderScreen["state"];
  readonly news?: News;
  readonly failure?: { code: string; message: string };
  /** The outcome is unknown: the page sends the confirm again. */
  readonly retry?: boolean;
  readonly retryAfterSeconds?: number | undefined;
};

/** Confirms the payment. Rethrows every error for which the page has no text. */
export async function confirm(
  c: UiContext,
  order: OrderPage,
  { back, deps }: { back: Return; deps: UiDeps },
): Promise<Outcome> {
  try {
    const snapshot = await deps.confirmPayment({
      ...back,
      amount: Number(back.amount),
      viewer: c.var.viewer,
    });
    const now = (await deps.findOrder(order.orderId)) ?? order;
    const known = withSnapshot(now, snapshot);
    return snapshot.status === "IN_PROGRESS"
      ? { order: known, state: "unknown", retry: true }
      : { order: known };
  } catch (error) {
    const refusal = refusalOf(c, deps, error);
    if (!refusal) throw error;
    return outcomeOf(refusal);
  }
}

function outcomeOf(error: AppError): Outcome {
  const { extensions = {}, retryAfterSeconds } = error.details;
  switch (error.code) {
    case "payment_declined":
      return {
        failure: {
          code: textOf(extensions["providerCode"]),
          message: textOf(extensions["providerMessage"]),
        },
      };
    case "amount_mismatch":
      return { state: "declined", news: "amountMismatch" };
    case "order_mismatch":
      return { state: "declined", news: "orderMismatch" };
    case "order_already_paid":
      return { state: "settling", news: "alreadyPaid" };
    case "payment_session_expired":
      return { state: "declined", news: "sessionExpired" };
    case "payment_in_progress":
      return { state: "unknown" };
    case "order_not_payable":
      return extensions["refunding"] === true
        ? { state: "refunding" }
        : { state: "closing", news: "notPayable" };
    default:
      if (error.kind === "unavailable" || error.kind === "too_many")
        return { state: "confirming", retry: true, retryAfterSeconds };
      throw error;
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** 2, 3, 4 … 15 seconds: short at first, when a result is likely. */
export function pollDelay(sent: number): number {
  return Math.min(2 + sent, 15);
}
