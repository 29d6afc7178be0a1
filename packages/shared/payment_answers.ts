// Payment's HTTP responses to order: payment takes its types from these schemas, and order parses responses by them.
import * as v from "valibot";
import { httpStatuses, type ErrorDetails, type ErrorKind } from "./app_error.ts";
import { PaymentView } from "./payment_snapshot.ts";
import { OrderId } from "./text.ts";

const Refusal = v.object({
  kind: v.picklist(Object.keys(httpStatuses) as ErrorKind[]),
  code: v.string(),
  message: v.string(),
  details: v.custom<ErrorDetails>((value) => typeof value === "object" && value !== null),
});

/** The payment's current state, and the refusal if the call was refused. */
export const PaymentAnswer = v.object({
  payment: v.nullable(PaymentView),
  refusal: v.nullable(Refusal),
});
export type PaymentAnswer = v.InferOutput<typeof PaymentAnswer>;

/** `isOpen`: the refund is stored, but its outcome is not known yet. */
export const RefundAnswer = v.object({
  ...PaymentAnswer.entries,
  isOpen: v.optional(v.boolean(), false),
});
export type RefundAnswer = v.InferOutput<typeof RefundAnswer>;

/** Payments that were compared with order's snapshots; `refused`: orders whose payment could not be compared. */
export const Compared = v.object({
  payments: v.array(PaymentView),
  refused: v.array(v.object({ orderId: OrderId, refusal: Refusal })),
});
