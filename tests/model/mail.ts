// What arrives in a process: a message of Kafka, a webhook of Toss.
import { AppError, type OrderCreated } from "@payflow/shared";
import type { Command } from "./command.ts";
import { takePaymentEvent } from "./order_service.ts";
import { takeOrderCreated } from "./payment_jobs.ts";
import type { Where } from "./scheduler.ts";
import type { Topic } from "./topic.ts";
import type { World } from "./world.ts";

/** Handles a message of Kafka; what passes by itself brings it back, anything else would make it a dead letter. */
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
  const { hints, webhooks, clock } = world;
  const hint = hints[pick % hints.length];
  if (hint === undefined) return;
  if (how === "is lost" && !world.hasSweeps) return;
  if (how !== "comes and will again") hints.splice(hints.indexOf(hint), 1);
  if (how !== "is lost" && !webhooks.has(hint.id))
    webhooks.set(hint.id, { ...hint, nextAt: clock.now(), tries: 0, isHandled: false });
}
