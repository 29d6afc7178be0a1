import type * as v from "valibot";
import { paymentCalls } from "@payflow/shared";
import { operatorCalls } from "./operator_calls.ts";

/** All calls of payment that order makes, by their names in the path. */
export const internalCalls = { ...paymentCalls, ...operatorCalls };
export type InternalCall = keyof typeof internalCalls;
/** The request body of a call of payment. */
export type InternalBody<Name extends InternalCall> = v.InferOutput<
  (typeof internalCalls)[Name]["body"]
>;
export type InternalAnswer<Name extends InternalCall> = v.InferOutput<
  (typeof internalCalls)[Name]["answer"]
>;

/** Any call of payment for operators. Throws AppError `payment_unavailable` when payment can't be reached in time. */
export type Operate = <Name extends keyof typeof operatorCalls>(
  name: Name,
  body: InternalBody<Name>,
) => Promise<InternalAnswer<Name>>;
