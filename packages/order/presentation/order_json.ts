import type * as v from "valibot";
import { maskEmail, maskName, type PaymentView } from "@payflow/shared";
import type { Order } from "../domain/order.ts";
import * as schemas from "./api_schemas.ts";

type OrderJson = Omit<v.InferOutput<typeof schemas.Order>, "items"> & Pick<Order, "items">;
type PaymentJson = v.InferOutput<typeof schemas.Payment>;

/** Copies those members that a schema has: what it does not have, nobody is answered. */
function pick<K extends string, T extends object>(
  from: T,
  { entries }: { entries: Record<K, unknown> },
) {
  const picked = {} as Pick<T, K & keyof T>;
  for (const name of Object.keys(entries) as (K & keyof T)[]) picked[name] = from[name];
  return picked;
}

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
    ...pick(order, schemas.Order),
    merchantReference: isPrivy ? order.merchantReference : null,
    metadata: isMerchant ? order.metadata : {},
    returnUrl: isPrivy ? order.returnUrl : null,
    customerName: shown(order.customerName, maskName),
    customerEmail: shown(order.customerEmail, maskEmail),
    refundRequest:
      isPrivy && order.refundRequest ? pick(order.refundRequest, schemas.RefundRequest) : null,
    ...(checkoutUrl === undefined ? {} : { checkoutUrl }),
  };
}

/** The same for who may see all of it, with its link. */
export function wholeOrderJson(
  order: Order,
  { isMerchant }: { readonly isMerchant: boolean },
  deps: { readonly checkoutUrl: (order: Order) => string },
): OrderJson {
  return orderJson(order, { isPrivy: true, isMerchant, checkoutUrl: deps.checkoutUrl(order) });
}

/** A payment as the API gives it; what only its owner and the merchant may see is null for others. */
export function paymentJson(payment: PaymentView, isPrivy: boolean): PaymentJson {
  const hidden = {
    paymentKey: null,
    receiptUrl: null,
    virtualAccount: null,
    refundLimits: null,
    cashReceipt: null,
    failure: null,
    cancels: [],
  };
  return { ...pick(payment, schemas.Payment), ...(isPrivy ? {} : hidden) };
}
