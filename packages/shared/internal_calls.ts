import type * as v from "valibot";
import { operatorCalls } from "./operator_calls.ts";
import { paymentCalls } from "./payment_calls.ts";

/** All calls of payment that order makes, by their names in the path. */
export const internalCalls = { ...paymentCalls, ...operatorCalls };
export type PaymentCall = keyof typeof internalCalls;
/** What a call of payment is sent. */
export type CallBody<Name extends PaymentCall> = v.InferOutput<
  (typeof internalCalls)[Name]["body"]
>;
export type CallAnswer<Name extends PaymentCall> = v.InferOutput<
  (typeof internalCalls)[Name]["answer"]
>;

/** Any call of payment for operators. Throws AppError `payment_unavailable` when payment can't be reached in time. */
export type Operate = <Name extends keyof typeof operatorCalls>(
  name: Name,
  body: CallBody<Name>,
) => Promise<CallAnswer<Name>>;
