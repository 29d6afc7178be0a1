// Deliveries to a process: Kafka messages and Toss's webhooks.
import { AppError, type OrderCreated } from "@payflow/shared";
import type { Command } from "./command.ts";
import { takePaymentEvent } from "./order_service.ts";
import { takeOrderCreated } from "./payment_jobs.ts";
import type { Where } from "./scheduler.ts";
import type { Topic } from "./topic.ts";
import type { World } from "./world.ts";

/** Handles a Kafka message. It is redelivered after any error; an error that is not temporary is a defect. */
export function takeMessage(
  world: World,
  command: Pick<Extract<Command, { do: "take" }>, "what" | "at" | "pick" | "isDouble">,
): Where | undefined {
  const { at, pick } = command;
  if (command.what === "OrderCreated") {
    const event = world.orderTopic.take(pick, at, command);
    if (event?.eventType !== "OrderCreated") return event && void world.orderTopic.done(event);
    return handled(world.orderTopic, event, (where) =>
      takeOrderCreated(world, where, event as OrderCreated),
    );
  }
  const event = world.paymentTopic.take(pick, at, command);
  return (
    event && handled(world.paymentTopic, event, (where) => takePaymentEvent(world, where, event))
  );

  function handled<E extends { readonly eventId: string }>(
    topic: Topic<E>,
    event: E,
    run: (where: Where) => Promise<void>,
  ): Where {
    return world.start(at, (where) =>
      run(where).then(
        () => void topic.done(event),
        (error: unknown) => {
          topic.failed(event);
          if (!(error instanceof AppError) || error.kind !== "unavailable")
            world.faults.push(error);
        },
      ),
    );
  }
}

export function bringWebhook(
  world: World,
  pick: number,
  how: Extract<Command, { do: "webhook" }>["how"],
): void {
  const { sentWebhooks, webhooks, clock } = world;
  const sent = sentWebhooks[pick % sentWebhooks.length];
  if (sent === undefined) return;
  if (how === "is lost" && !world.hasSweeps) return;
  if (how !== "comes and will again") sentWebhooks.splice(sentWebhooks.indexOf(sent), 1);
  if (how !== "is lost" && !webhooks.has(sent.id))
    webhooks.set(sent.id, { ...sent, nextAt: clock.now(), tries: 0, isHandled: false });
}
