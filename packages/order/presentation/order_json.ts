import type * as v from "valibot";
import type { Caller } from "@payflow/access";
import { maskEmail, maskName, type PaymentView } from "@payflow/shared";
import type { Order } from "../domain/order.ts";
import type { ApiDeps } from "./api_route.ts";
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

/**
 * An order as the API gives it: whole and with its link to the merchant and to whoever sees it, masked to others; metadata
 * to the merchant alone. `isWhole`: the caller knows all of it, but gets no link by that.
 */
export function orderJson(
  order: Order,
  { isMerchant, isPrivyTo }: Pick<Caller, "isMerchant" | "isPrivyTo">,
  { links }: Pick<ApiDeps, "links">,
  isWhole = isPrivyTo(order),
): OrderJson {
  const shown = (text: string, mask: (text: string) => string) =>
    text === "" ? null : isWhole ? text : mask(text);
  return {
    ...pick(order, schemas.Order),
    merchantReference: isWhole ? order.merchantReference : null,
    metadata: isMerchant ? order.metadata : {},
    returnUrl: isWhole ? order.returnUrl : null,
    customerName: shown(order.customerName, maskName),
    customerEmail: shown(order.customerEmail, maskEmail),
    refundRequest:
      isWhole && order.refundRequest ? pick(order.refundRequest, schemas.RefundRequest) : null,
    ...(isPrivyTo(order) ? { checkoutUrl: links.urlOf(order) } : {}),
  };
}

/** A payment as the API gives it; `isPrivy` as `Caller.isPrivyTo` says, others get null for what is confidential. */
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
