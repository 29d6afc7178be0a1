import type * as v from "valibot";
import type { Caller } from "@payflow/access";
import { maskEmail, maskName, type PaymentView } from "@payflow/shared";
import type { Order } from "../domain/order.ts";
import type { ApiDeps } from "./api_route.ts";
import * as schemas from "./api_schemas.ts";

type OrderJson = Omit<v.InferOutput<typeof schemas.Order>, "items"> & Pick<Order, "items">;
type PaymentJson = v.InferOutput<typeof schemas.Payment>;

/** Copies only the members that a schema has, so that no other member leaks into a response. */
function pick<K extends string, T extends object>(
  from: T,
  { entries }: { entries: Record<K, unknown> },
) {
  const picked = {} as Pick<T, K & keyof T>;
  for (const name of Object.keys(entries) as (K & keyof T)[]) picked[name] = from[name];
  return picked;
}

/**
 * The API's form of an order. The merchant and callers with access get all of it and its link; others get masks. Only
 * the merchant gets metadata. `isWhole` shows all of it without granting the link.
 */
export function orderJson(
  order: Order,
  { isMerchant, isTrustedWith }: Pick<Caller, "isMerchant" | "isTrustedWith">,
  { links }: Pick<ApiDeps, "links">,
  isWhole = isTrustedWith(order),
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
    ...(isTrustedWith(order) ? { checkoutUrl: links.urlOf(order) } : {}),
  };
}

/** The API's form of a payment; confidential members are empty unless `isTrusted` (`Caller.isTrustedWith`). */
export function paymentJson(payment: PaymentView, isTrusted: boolean): PaymentJson {
  const hidden = {
    paymentKey: null,
    receiptUrl: null,
    virtualAccount: null,
    refundLimits: null,
    cashReceipt: null,
    failure: null,
    cancels: [],
  };
  return { ...pick(payment, schemas.Payment), ...(isTrusted ? {} : hidden) };
}
