import type { Order } from "../domain/order.ts";
import { followed } from "./apply_payment.ts";
import { fromOrder, loadOrder } from "./decide.ts";
import type { OrderDeps } from "./ports.ts";

export type ConfirmOrder = {
  readonly paymentKey: string;
  readonly orderId: string;
  readonly amount: number;
  /** Whether the caller is the order's shopper, has its link, or is the merchant. Default: false. */
  readonly isTrusted?: (order: Order) => boolean;
};

/**
 * Has payment confirm the result of Toss's payment window, and applies its response to the order without waiting for
 * Kafka. Throws AppError `order_not_found`, `payment_unavailable` and every refusal of payment.
 */
export async function confirmOrder(command: ConfirmOrder, deps: OrderDeps) {
  const { paymentKey, orderId, amount, isTrusted } = command;
  const order = await loadOrder(orderId, deps);
  const call = { paymentKey, amount, ...fromOrder(order), isTrusted: isTrusted?.(order) ?? false };
  const answer = await deps.payments.confirm(call);
  await deps.faultPoint("confirmOrder:answered");
  return await followed(answer, { cause: "confirmOrder", order }, deps);
}

export type Confirming = ReturnType<typeof createConfirming>;

/** `confirmOrder`, where identical concurrent confirms in this process share one call. */
export function createConfirming() {
  const underWay = new Map<string, ReturnType<typeof confirmOrder>>();
  const keyOf = ({ orderId, paymentKey, amount }: ConfirmOrder) =>
    JSON.stringify([orderId, paymentKey, amount]);
  return {
    /** True while an identical confirm is under way: one more makes no call and no query. */
    isUnderWay: (command: ConfirmOrder): boolean => underWay.has(keyOf(command)),
    confirm(command: ConfirmOrder, deps: OrderDeps) {
      const key = keyOf(command);
      const known = underWay.get(key);
      if (known !== undefined) return known;
      const outcome = confirmOrder(command, deps).finally(() => underWay.delete(key));
      underWay.set(key, outcome);
      return outcome;
    },
  };
}
