import { Hono } from "hono";
import * as v from "valibot";
import { AppError, OrderId, PositiveWon, storableText } from "@payflow/shared";
import { readJson } from "@payflow/shared/http";
import { orderNotFound } from "../application/apply_payment.ts";
import type { OrderDeps } from "../application/ports.ts";
import { refundOrder } from "../application/refund_order.ts";
import { requireMerchant, type CallerVariables } from "./caller.ts";
import { IdempotencyKey } from "./order_input.ts";
import { paymentJson } from "./order_json.ts";
import { hashOf } from "./idempotency.ts";

/** Where Toss pays a deposit back to; `bank` is its two characters or its English name. */
export const RefundAccountInput = v.strictObject({
  bank: v.pipe(v.string(), v.regex(/^[A-Z0-9]{2,20}$/)),
  accountNumber: v.pipe(v.string(), v.regex(/^\d{1,20}$/)),
  holderName: storableText(60),
});

/** What the merchant sends to return money. Limits: https://docs.tosspayments.com/reference#결제-취소 */
export const RefundInput = v.strictObject({
  reason: storableText(200),
  amount: v.optional(PositiveWon),
  refundAccount: v.optional(RefundAccountInput),
});

/** The merchant's refunds; unpaid orders are cancelled instead. */
export function refundRoutes(deps: OrderDeps): Hono<{ Variables: CallerVariables }> {
  return new Hono<{ Variables: CallerVariables }>().post(
    "/api/payments/:orderId/cancel",
    async (c) => {
      requireMerchant(c.get("caller"));
      const key = c.req.header("Idempotency-Key");
      if (key === undefined) {
        throw new AppError(
          "malformed",
          "idempotency_key_required",
          "A refund needs an Idempotency-Key, so that it can be repeated safely",
        );
      }
      if (!v.is(IdempotencyKey, key)) {
        const message = "An Idempotency-Key has 1 to 255 visible ASCII characters";
        throw new AppError("invalid", "invalid_request", message, {
          errors: [{ path: "Idempotency-Key", message }],
        });
      }
      const orderId = c.req.param("orderId");
      if (!v.is(OrderId, orderId)) throw orderNotFound(orderId);
      const { reason, amount, refundAccount: account } = await readJson(c, RefundInput);
      const requestHash = hashOf({ reason, amount, account });
      const { payment, isOpen } = await refundOrder(
        { orderId, key, requestHash, reason, amount, account },
        deps,
      );
      if (isOpen) c.header("Retry-After", "5");
      return c.json(paymentJson(payment, { isPrivy: true }), isOpen ? 202 : 200);
    },
  );
}
