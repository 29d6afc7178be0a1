import { maskEmail, maskName, type PaymentView, type Product } from "@payflow/shared";
import { Order } from "../domain/order.ts";
import type { OrderOutput, PaymentOutput, ProductListOutput } from "./order_output.ts";

/** An order as the API gives it: whole to its owner and the merchant, masked to others. */
export function orderJson(
  order: Order,
  options: { readonly isPrivy: boolean; readonly checkoutUrl: string },
): OrderOutput {
  const { isPrivy, checkoutUrl } = options;
  const { orderId, orderName, amount, currency, status, items } = order;
  const { customerName, customerEmail, createdAt, expiresAt } = order;
  const shown = (text: string, mask: (text: string) => string) =>
    text === "" ? null : isPrivy ? text : mask(text);
  return {
    orderId,
    orderName,
    amount,
    currency,
    status,
    items: [...items],
    customerName: shown(customerName, maskName),
    customerEmail: shown(customerEmail, maskEmail),
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
): PaymentOutput {
  const { orderId, orderName, amount, balanceAmount, currency } = payment;
  const { status, method, approvedAt } = payment;
  return {
    orderId,
    orderName,
    amount,
    balanceAmount,
    currency,
    status,
    method,
    approvedAt,
    paymentKey: isPrivy ? payment.paymentKey : null,
    receiptUrl: isPrivy ? payment.receiptUrl : null,
    virtualAccount: isPrivy ? payment.virtualAccount : null,
    failure: isPrivy ? payment.failure : null,
    cancels: isPrivy ? payment.cancels : [],
  };
}

/** What is on sale, as the API gives it. */
export function productsJson(products: readonly Product[]): ProductListOutput {
  return {
    products: products.map(({ productId, name, unitPrice, currency }) => ({
      productId,
      name,
      unitPrice,
      currency,
    })),
  };
}
