import { buyer, operator, visitor, type Caller } from "@payflow/access";
import { withReason } from "@payflow/outbox";
import type * as v from "valibot";
import { AppError } from "@payflow/shared";
import { at, json, reply } from "@payflow/shared/http";
import type { ConfirmOrder } from "../application/confirm_order.ts";
import { refundOrder } from "../application/refund_order.ts";
import type { Order } from "../domain/order.ts";
import { orderId, callErrors, route, type ApiDeps } from "./api_route.ts";
import { Confirm, Payment, Refund } from "./api_schemas.ts";
import { hashOf } from "./idempotency.ts";
import { paymentJson } from "./order_json.ts";

const retryAfter = { "Retry-After": "5" };

/** Codes of calls that refund money. */
export const refundRefusals = [
  "payment_not_refundable",
  "refund_in_progress",
  "amount_exceeds_balance",
  "refund_period_over",
  "refund_whole_only",
  "refund_account_required",
  ...callErrors,
];

export const paymentRoutes = [
  route({
    ...at("POST /api/payments/confirm", "confirmPayment", "payments"),
    summary: "Confirm the payment that Toss's window returned",
    description:
      "Safe to repeat: one paymentKey is charged once, however often it is sent. `amount` must be the order's.",
    caller: buyer,
    body: json(Confirm),
    answers: {
      200: { description: "Paid (DONE), or waiting for a deposit", schema: Payment },
      202: {
        description:
          "Toss has not responded yet (IN_PROGRESS); the confirm continues. Read the payment again, do not pay again",
        schema: Payment,
        headers: ["Retry-After"],
      },
    },
    refusals: [
      "order_not_found",
      "payment_declined",
      "amount_mismatch",
      "order_mismatch",
      "order_already_paid",
      "payment_in_progress",
      "order_not_payable",
      "payment_session_expired",
      "too_many_attempts",
      ...callErrors,
    ],
    async handle({ c, body }, deps) {
      const caller = c.get("caller");
      const { order, payment } = await confirmWithin({ caller, command: body }, deps);
      const shown = paymentJson(payment, caller.isTrustedWith(order));
      return payment.status === "IN_PROGRESS" ? reply(202, shown, retryAfter) : reply(200, shown);
    },
  }),
  route({
    ...at("GET /api/payments/:orderId", "getPayment", "payments"),
    summary: "Get an order's payment",
    description:
      "paymentKey, receiptUrl, virtualAccount, refundLimits, cashReceipt, failure and cancels are empty unless the caller is the order's owner, has its link, or is the merchant.",
    caller: visitor,
    params: { orderId: { ...orderId, refuse: paymentNotFound } },
    answers: { 200: { description: "The payment", schema: Payment } },
    refusals: ["payment_unavailable"],
    async handle({ c, params: { orderId } }, deps) {
      const order = await deps.orders.find(orderId);
      const isTrusted = c.get("caller").isTrustedWith(order ?? { orderId });
      if (order === undefined && !isTrusted) throw paymentNotFound();
      const [payment] = (await deps.payments.find({ orderIds: [orderId] })).payments;
      if (payment === undefined) throw paymentNotFound();
      return reply(200, paymentJson(payment, isTrusted));
    },
  }),
  route({
    ...at("POST /api/payments/:orderId/cancel", "refundPayment", "payments"),
    summary: "Refund a payment",
    description:
      "Refunds `amount`, or without it the whole balance. A payment by virtual account needs `refundAccount`; so does a deposit for a closed order, which is returned in full.",
    caller: operator,
    params: { orderId },
    key: "required",
    body: json(Refund),
    answers: {
      200: { description: "Refunded", schema: Payment },
      202: {
        description:
          "Toss has not responded yet; the refund continues. Repeat the call with the same key to see its state",
        schema: Payment,
        headers: ["Retry-After"],
      },
    },
    refusals: [
      "idempotency_key_reused",
      "payment_not_found",
      "tax_free_out_of_range",
      "amount_mismatch",
      ...refundRefusals,
    ],
    async handle({ params: { orderId }, key, body }, deps) {
      const { payment, isOpen } = await refund({ orderId, key }, body, deps);
      const shown = paymentJson(payment, true);
      return isOpen ? reply(202, shown, retryAfter) : reply(200, shown);
    },
  }),
];

function paymentNotFound(): AppError {
  return new AppError("not_found", "payment_not_found", "There is no payment for this order (yet)");
}

/** `refundOrder` with the input of the API or of a console form; records its reason. */
export function refund(
  of: { readonly orderId: string; readonly key: string },
  { refundAccount: account, ...rest }: v.InferOutput<typeof Refund>,
  deps: ApiDeps,
) {
  const request = { ...rest, account };
  const command = { ...of, requestHash: hashOf(request), ...request };
  return withReason(rest.reason, () => refundOrder(command, deps));
}

/**
 * Confirms within the rate limit of the caller's address. A paymentKey that is stored already may exceed the limit,
 * because the shopper may have paid; so may one whose confirm is under way, because it shares that call.
 */
export async function confirmWithin(
  { caller, command }: { readonly caller: Caller; readonly command: ConfirmOrder },
  deps: ApiDeps,
) {
  const { confirming, payments, rateLimit } = deps;
  if (caller.key === undefined && !confirming.isUnderWay(command)) {
    try {
      rateLimit.take(caller.address);
    } catch (limited) {
      const [payment] = (await payments.find({ orderIds: [command.orderId] })).payments;
      if (!payment?.paymentKeys?.includes(command.paymentKey)) throw limited;
    }
  }
  const isTrusted = (order: Order) => caller.isTrustedWith(order);
  return await confirming.confirm({ ...command, isTrusted }, deps);
}
