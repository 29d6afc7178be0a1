import type { CallAnswer, CallBody, operatorCalls } from "@payflow/shared";

/** What operators alone have payment called for; each throws as the calls of PaymentService. */
export type OperatorCalls = {
  /** All that payment has of one order. */
  readDetails(orderId: string): Promise<CallAnswer<"details">>;
  /** Has payment query the provider about this order now. */
  queryNow(orderId: string): Promise<CallAnswer<"query-now">>;
  /** Orders by a paymentKey or a part of one. */
  search(part: string): Promise<readonly string[]>;
  operate: Operate;
};

/** Any call of payment for operators. */
export type Operate = <Name extends keyof typeof operatorCalls>(
  name: Name,
  body: CallBody<Name>,
) => Promise<CallAnswer<Name>>;
