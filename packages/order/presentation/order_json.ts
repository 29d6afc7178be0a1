import { maskEmail, maskName, type PaymentView } from "@payflow/shared";
import { Order } from "../domain/order.ts";

/** An order as the API gives it: whole to its owner and the merchant, masked to others. */
export function orderJson(
  order: Order,
  options: { readonly isPrivy: boolean; readonly checkoutUrl: string },
) {
  const { isPrivy, checkoutUrl } = options;
  const {
    orderId,
    orderName,
    amount,
    currency,
    status,
    items,
    createdAt,
    expiresAt,
  } = order;
  return {
    ...{ orderId, orderName, amount, currency, status, items },
    customerName: isPrivy ? order.customerName : maskName(order.customerName),
    customerEmail: isPrivy
      ? order.customerEmail
      : maskEmail(order.customerEmail),
    refundedAmount: Order.refundedAmount(order),
    createdAt,
    confirmedAt: Order.confirmedAt(order),
    expiresAt,
    ...(isPrivy ? { checkoutUrl } : {}),
  };
}

/** A payment as the API gives it; what only its owner and the merchant may see is null for others. */
export function paymentJson(
  payment: PaymentView,
  { isPrivy }: { readonly isPrivy: boolean },
) {
  const {
    orderId,
    orderName,
    amount,
    balanceAmount,
    currency,
    status,
    method,
    approvedAt,
  } = payment;
  return {
    ...{
      orderId,
      orderName,
      amount,
      balanceAmount,
      currency,
      status,
      method,
      approvedAt,
    },
    paymentKey: isPrivy ? payment.paymentKey : null,
    receiptUrl: isPrivy ? payment.receiptUrl : null,
    virtualAccount: isPrivy ? payment.virtualAccount : null,
    failure: isPrivy ? payment.failure : null,
    cancels: isPrivy ? payment.cancels : [],
  };
}
