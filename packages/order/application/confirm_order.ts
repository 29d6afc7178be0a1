import { AppError, type PaymentAnswer, type PaymentView } from "@payflow/shared";
import { Order } from "../domain/order.ts";
import { applyPayment, orderNotFound } from "./apply_payment.ts";
import type { OrderDeps } from "./ports.ts";

export type ConfirmOrder = {
  readonly paymentKey: string;
  readonly orderId: string;
  readonly amount: number;
  /** Whether the caller is the order's own shopper or the merchant; nobody in particular when it is left out. */
  readonly isPrivy?: (order: Order) => boolean;
};

/**
 * Lets payment confirm what Toss's window came back with, and makes the order follow its answer at once, Kafka or
 * not. Throws AppError `order_not_found`, `payment_unavailable` and every refusal of payment.
 */
export async function confirmOrder(command: ConfirmOrder, deps: OrderDeps): Promise<PaymentView> {
  const { paymentKey, orderId, amount } = command;
  const order = await deps.orders.find(orderId);
  if (order === undefined) throw orderNotFound(orderId);
  const answer = await deps.payments.confirm({
    paymentKey,
    amount,
    facts: Order.facts(order),
    known: Order.known(order),
    isPrivy: command.isPrivy?.(order) ?? false,
  });
  await deps.faultPoint("confirmOrder:answered");
  return await followed(orderId, answer, { cause: "confirmOrder" }, deps);
}

/** The order follows what payment answered; then a refusal is thrown as payment gave it. */
export async function followed(
  orderId: string,
  answer: PaymentAnswer,
  { cause }: { readonly cause: string },
  deps: OrderDeps,
): Promise<PaymentView> {
  const { payment, refusal } = answer;
  if (payment !== null) await applyPayment({ snapshot: payment, cause }, deps);
  if (refusal !== null) throw refusedBy(refusal);
  if (payment === null) throw new Error(`Payment answered nothing about order "${orderId}"`);
  return payment;
}

/** `confirmOrder`, with identical confirms of this process answered together by the one that is under way. */
export type Confirming = {
  /** An identical confirm is under way: one more makes no call and no query. */
  isUnderWay(command: ConfirmOrder): boolean;
  confirm(command: ConfirmOrder): Promise<PaymentView>;
};

export function createConfirming(deps: OrderDeps): Confirming {
  const underWay = new Map<string, Promise<PaymentView>>();
  const keyOf = ({ orderId, paymentKey, amount }: ConfirmOrder) =>
    JSON.stringify([orderId, paymentKey, amount]);
  return {
    isUnderWay: (command) => underWay.has(keyOf(command)),
    confirm(command) {
      const key = keyOf(command);
      const known = underWay.get(key);
      if (known !== undefined) return known;
      const outcome = confirmOrder(command, deps).finally(() => underWay.delete(key));
      underWay.set(key, outcome);
      return outcome;
    },
  };
}

/** Payment's refusal, as it was thrown there. */
export function refusedBy(refusal: NonNullable<PaymentAnswer["refusal"]>): AppError {
  return new AppError(refusal.kind, refusal.code, refusal.message, refusal.details);
}
