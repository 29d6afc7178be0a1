import * as v from "valibot";
import { AppError, OrderCreated } from "@payflow/shared";
import type { MessageHandler } from "@payflow/outbox";
import { openPayment } from "../application/open_payment.ts";
import type { PaymentDeps } from "../application/ports.ts";

export const consumedTopics = ["OrderCreated"] as const;

/** Consumes OrderCreated: stores a READY payment. Throws AppError `invalid_event` for any other message. */
export function orderEventConsumer(deps: PaymentDeps): MessageHandler {
  return async ({ topic, value }) => {
    const result = v.safeParse(OrderCreated, JSON.parse(value));
    if (!result.success) {
      const text = `Not an OrderCreated: ${v.summarize(result.issues)}`;
      throw new AppError("invalid", "invalid_event", text);
    }
    const facts = result.output;
    await openPayment({ facts, message: { id: facts.eventId, topic } }, deps);
  };
}
