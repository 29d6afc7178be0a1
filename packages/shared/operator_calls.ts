import * as v from "valibot";
import { PaymentAnswer } from "./payment_answers.ts";
import { PaymentDetails } from "./payment_details.ts";
import { OrderId } from "./text.ts";

/** Calls of payment that order makes for operators alone. */
export const operatorCalls = {
  /** All that payment has of one order. */
  details: { body: v.object({ orderId: OrderId }), answer: PaymentDetails },
  /** Has payment query the provider about this order now; `isOpen`: something still has no known end. */
  "query-now": {
    body: v.object({ orderId: OrderId }),
    answer: v.object({ ...PaymentAnswer.entries, isChanged: v.boolean(), isOpen: v.boolean() }),
  },
  /** Orders by a paymentKey, or by a part of one, 200 at the most. */
  search: {
    body: v.object({ part: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_=-]{8,200}$/)) }),
    answer: v.object({ orderIds: v.array(OrderId) }),
  },
};
