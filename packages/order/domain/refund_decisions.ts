// Decisions on a shopper's refund request. Each one is a change of the order, so the order's history shows its actor.
import { AppError, type RefundRequestKind } from "@payflow/shared";
import type { Moment, Order, OrderChange } from "./order.ts";
import { isOpenRequest, requireUndecided, type RefundRequest } from "./refund_request.ts";

/** Per order: allows new requests after a decline; a limit, because each request takes an operator's time. */
const requestsMax = 5;

type Decision = OrderChange | undefined;

/**
 * The shopper requests a refund of a paid order. Returns undefined if the same request is open. Throws AppError
 * `refund_request_open`, `refund_not_requestable`.
 */
export function request(
  order: Order,
  given: { readonly kind: RefundRequestKind; readonly text: string },
  { now, newId }: Moment,
): Decision {
  const { orderId, status, refundRequest: last } = order;
  if (last !== null && isOpenRequest(last)) {
    if (last.kind === given.kind && last.text === given.text) return undefined;
    const text = `Order "${orderId}" has an open refund request`;
    throw new AppError("conflict", "refund_request_open", text);
  }
  const isPaid = status === "CONFIRMED" || status === "PARTIALLY_REFUNDED";
  const number = (last?.number ?? 0) + 1;
  if (!isPaid || number > requestsMax) {
    const why = isPaid ? `it has had ${requestsMax}` : `it is ${status}`;
    const text = `Order "${orderId}" takes no refund request: ${why}`;
    throw new AppError("conflict", "refund_not_requestable", text);
  }
  const head = { requestId: newId(), number, requestedAt: now };
  const none = { refund: null, refusedRefunds: 0, answer: null, decidedAt: null };
  return changed(order, { ...given, ...head, ...none, status: "requested" });
}

/** Returns undefined if withdrawn already. Throws AppError `refund_request_not_open`, `refund_request_granting`. */
export function withdraw(order: Order, { now }: Pick<Moment, "now">): Decision {
  const { orderId, refundRequest } = order;
  if (refundRequest?.status === "withdrawn") return undefined;
  requireUndecided(orderId, refundRequest);
  return changed(order, { ...refundRequest, status: "withdrawn", decidedAt: now });
}

/** Returns undefined if declined already with the same answer. Throws as `withdraw` does. */
export function decline(
  order: Order,
  { answer }: { readonly answer: string },
  { now }: Pick<Moment, "now">,
): Decision {
  const { orderId, refundRequest } = order;
  if (refundRequest?.status === "declined" && refundRequest.answer === answer) return undefined;
  requireUndecided(orderId, refundRequest);
  return changed(order, { ...refundRequest, status: "declined", answer, decidedAt: now });
}

/**
 * Stores the refund of `amount`, by default of all that is left. The request is granted once that refund is applied.
 * Returns undefined if this refund is stored already. Throws AppError `amount_exceeds_balance` and as `withdraw` does.
 */
export function grant(
  order: Order,
  { amount, answer }: { readonly amount: number | undefined; readonly answer: string | null },
): Decision {
  const { orderId, refundRequest: last, refundedAmount } = order;
  const isSame = amount === undefined || last?.refund?.amount === amount;
  if ((last?.status === "granting" || last?.status === "granted") && isSame) return undefined;
  requireUndecided(orderId, last);
  const left = order.amount - refundedAmount;
  if ((amount ?? left) > left || left === 0) {
    const text = `Cannot refund ${amount ?? "anything"} of order "${orderId}": ${left} is left`;
    throw new AppError("invalid", "amount_exceeds_balance", text);
  }
  const refund = { amount: amount ?? left };
  return changed(order, { ...last, status: "granting", refund, answer });
}

/** Reopens a request whose refund was refused. Returns undefined if it has been reopened or changed since. */
export function refundRefused(order: Order, of: RefundRequest): Decision {
  const { refundRequest: last } = order;
  const isThis = last?.requestId === of.requestId && last.refusedRefunds === of.refusedRefunds;
  if (last?.status !== "granting" || !isThis) return undefined;
  const undone = { refund: null, answer: null, refusedRefunds: last.refusedRefunds + 1 };
  return changed(order, { ...last, status: "requested", ...undone });
}

/** Payment has made this refund, also when it had refused it to another call. Undefined: that is known. */
export function refundMade(order: Order, of: RefundRequest, now: string): Decision {
  const { refundRequest: last } = order;
  if (last?.requestId !== of.requestId || !isOpenRequest(last)) return undefined;
  return changed(order, { ...last, refund: of.refund, status: "granted", decidedAt: now });
}

function changed(order: Order, refundRequest: RefundRequest): OrderChange {
  return { state: { ...order, version: order.version + 1, refundRequest }, events: [] };
}
