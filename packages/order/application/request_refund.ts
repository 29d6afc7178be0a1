import { AppError, type RefundAccount, type RefundRequestKind } from "@payflow/shared";
import type { Moment, Order } from "../domain/order.ts";
import * as decisions from "../domain/refund_decisions.ts";
import { refundKey } from "../domain/refund_request.ts";
import { decideAndSave, loadOrder } from "./decide.ts";
import type { OrderDeps } from "./ports.ts";
import { refundOrder } from "./refund_order.ts";

type OfOrder = { readonly orderId: string };

/** The shopper requests a refund. Throws AppError `order_not_found`, and as `request` of the domain does. */
export function requestRefund(
  command: OfOrder & { readonly kind: RefundRequestKind; readonly text?: string | undefined },
  deps: OrderDeps,
): Promise<Order> {
  const { orderId, kind, text = "" } = command;
  const decide = (order: Order, moment: Moment) => decisions.request(order, { kind, text }, moment);
  return decideAndSave({ orderId, cause: "requestRefund", detail: { kind }, decide }, deps);
}

/** Throws AppError `order_not_found`, and as `withdraw` of the domain does. */
export function withdrawRefundRequest({ orderId }: OfOrder, deps: OrderDeps): Promise<Order> {
  const cause = "withdrawRefundRequest";
  return decideAndSave({ orderId, cause, decide: decisions.withdraw }, deps);
}

/** Throws AppError `order_not_found`, and as `decline` of the domain does. */
export function declineRefundRequest(
  { orderId, answer }: OfOrder & { readonly answer: string },
  deps: OrderDeps,
): Promise<Order> {
  const decide = (order: Order, moment: Moment) => decisions.decline(order, { answer }, moment);
  return decideAndSave({ orderId, cause: "declineRefundRequest", decide }, deps);
}

/**
 * Grants the request by a refund of `amount`, or of all that is left. The refund is stored in the order first, so that
 * retries and concurrent calls make the same one. While its outcome is unknown the request stays `granting`; a refusal
 * reopens it. Throws AppError `order_not_found`, and as `grant` of the domain and `refundOrder` do.
 */
export async function grantRefundRequest(
  command: OfOrder & {
    readonly amount?: number | undefined;
    readonly answer?: string | null | undefined;
    readonly refundAccount?: RefundAccount | undefined;
  },
  deps: OrderDeps,
): Promise<Order> {
  const { orderId, amount, answer = null, refundAccount: account } = command;
  const decide = (order: Order) => decisions.grant(order, { amount, answer });
  const detail = { amount: amount ?? null };
  const order = await decideAndSave({ orderId, cause: "grantRefundRequest", detail, decide }, deps);
  const { refundRequest } = order;
  if (refundRequest?.status !== "granting" || refundRequest.refund === null) return order;
  const { refund } = refundRequest;
  await deps.faultPoint("grant:decided");
  try {
    const key = refundKey(refundRequest);
    const reason = refundRequest.answer ?? "구매자 요청";
    const command = { orderId, key, requestHash: key, amount: refund.amount, reason, account };
    const { isOpen } = await refundOrder(command, deps);
    if (isOpen) return await loadOrder(orderId, deps);
  } catch (error) {
    // unless payment refused the refund, its outcome is unknown: a retry repeats the same refund
    if (!(error instanceof AppError) || error.kind === "unavailable" || error.kind === "too_many")
      throw error;
    const reopen = (now: Order) => decisions.refundRefused(now, refundRequest);
    await decideAndSave({ orderId, cause: "refundRefused", decide: reopen }, deps);
    throw error;
  }
  const made = (now: Order) => decisions.refundMade(now, refundRequest, deps.now());
  return await decideAndSave({ orderId, cause: "refundMade", decide: made }, deps);
}
