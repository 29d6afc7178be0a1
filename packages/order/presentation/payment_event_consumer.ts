import * as v from "valibot";
import { AppError, PaymentEvent } from "@payflow/shared";
import type { MessageHandler } from "@payflow/outbox";
import { applyPayment } from "../application/apply_payment.ts";
import type { OrderDeps } from "../application/ports.ts";

/** Applies the snapshot in each payment event to its order. Throws AppError `invalid_event` for any other message. */
export function paymentEventConsumer(deps: OrderDeps): MessageHandler {
  return async ({ topic, value }) => {
    const result = v.safeParse(PaymentEvent, JSON.parse(value));
    if (!result.success) {
      const text = `Not a payment event: ${v.summarize(result.issues)}`;
      throw new AppError("invalid", "invalid_event", text);
    }
    const { eventId, eventType, occurredOn: _, ...snapshot } = result.output;
    await applyPayment({ snapshot, cause: eventType, message: { id: eventId, topic } }, deps);
  };
}
