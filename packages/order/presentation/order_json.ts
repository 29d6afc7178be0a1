import type * as v from "valibot";
import { maskEmail, maskName, type PaymentView } from "@payflow/shared";
import type { Order } from "../domain/order.ts";
import type { RefundRequest } from "../domain/refund_request.ts";
import * as schemas from "./api_schemas.ts";

type OrderJson = Omit<v.InferOutput<typeof schemas.Order>, "items"> & Pick<Order, "items">;
type PaymentJson = v.InferOutput<typeof schemas.Payment>;

const fields = Object.keys(schemas.Order.entries) as (keyof OrderJson & keyof Order)[];

/** An order as the API gives it: whole to its owner and the merchant, masked to others; metadata to the merchant alone. */
export function orderJson(
  order: Order,
  options: {
    readonly isPrivy: boolean;
    readonly isMerchant: boolean;
    readonly checkoutUrl?: string | undefined;
  },
): OrderJson {
  const { isPrivy, isMerchant, checkoutUrl } = options;
  const shown = (text: string, mask: (text: string) => string) =>
    text === "" ? null : isPrivy ? text : mask(text);
  return {
    ...pick(order, fields),
    merchantReference: isPrivy ? order.merchantReference : null,
    metadata: isMerchant ? order.metadata : {},
    returnUrl: isPrivy ? order.returnUrl : null,
    customerName: shown(order.customerName, maskName),
    customerEmail: shown(order.customerEmail, maskEmail),
    refundRequest: isPrivy ? requestJson(order.refundRequest) : null,
    ...(checkoutUrl === undefined ? {} : { checkoutUrl }),
  };
}

function pick<T extends object, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> {
  const picked = {} as Pick<T, K>;
  for (const name of names) picked[name] = from[name];
  return picked;
}

/** The same for who may see all of it, with its link. */
export function wholeOrderJson(
  order: Order,
  { isMerchant }: { readonly isMerchant: boolean },
  deps: { readonly checkoutUrl: (order: Order) => string },
): OrderJson {
  return orderJson(order, { isPrivy: true, isMerchant, checkoutUrl: deps.checkoutUrl(order) });
}

function requestJson(request: RefundRequest | null): OrderJson["refundRequest"] {
  if (request === null) return null;
  const { requestId, status, kind, text, requestedAt, answer, decidedAt } = request;
  return { requestId, status, kind, text, requestedAt, answer, decidedAt };
}

/** A payment as the API gives it; what only its owner and the merchant may see is null for others. */
export function paymentJson(payment: PaymentView, isPrivy: boolean): PaymentJson {
  return {
    orderId: payment.orderId,
    orderName: payment.orderName,
    amount: payment.amount,
    taxFreeAmount: payment.taxFreeAmount,
    balanceAmount: payment.balanceAmount,
    taxFreeBalance: payment.taxFreeBalance,
    currency: payment.currency,
    status: payment.status,
    method: payment.method,
    approvedAt: payment.approvedAt,
    paymentKey: isPrivy ? payment.paymentKey : null,
    receiptUrl: isPrivy ? payment.receiptUrl : null,
    virtualAccount: isPrivy ? payment.virtualAccount : null,
    refundLimits: isPrivy ? payment.refundLimits : null,
    cashReceipt: isPrivy ? payment.cashReceipt : null,
    isEscrow: payment.isEscrow,
    failure: isPrivy ? payment.failure : null,
    cancels: isPrivy ? payment.cancels : [],
  };
}
