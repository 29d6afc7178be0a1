import type { Logger, OpenedService } from "@payflow/shared/http";
import { createWebhookDelivery } from "./application/deliver_webhooks.ts";
import type { WebhookDeps } from "./application/webhook_endpoints.ts";
import type { OrderConfig } from "./config.ts";
import { isPublicHost } from "./infrastructure/public_address.ts";
import { postgresWebhookEndpoints } from "./infrastructure/postgres_webhook_endpoints.ts";
import { postgresWebhookQueue } from "./infrastructure/postgres_webhook_queue.ts";
import { webhookSender } from "./infrastructure/webhook_sender.ts";

/** Wake-ups come from the process's own saves and calls; this is for those of other replicas, and for retries. */
const pollMs = 1_000;
/** Calls under way when the service stops; those that take longer are broken off, and made again by another replica. */
const stopWithinMs = 4_000;

/** Webhooks to the shop's own servers, wired: what delivers them, and what routes and pages call. */
export function openWebhooks(
  config: Pick<OrderConfig, "webhookAllowPrivate">,
  parts: {
    readonly service: Pick<OpenedService<never>, "db" | "now" | "every" | "metrics" | "faultPoint">;
    readonly newId: () => string;
    readonly log: Logger;
  },
) {
  const { service, newId, log } = parts;
  const { db, now, metrics, faultPoint } = service;
  const allowsPrivate = config.webhookAllowPrivate;
  const observe = metrics.histogram(
    "payflow_webhook_try_duration_seconds",
    "Calls of webhook endpoints, by what came back",
    ["outcome"],
    ["delivered", "retry", "gave_up"].map((outcome) => ({ outcome })),
  );
  const delivery = createWebhookDelivery({
    queue: postgresWebhookQueue(db),
    send: webhookSender({ allowsPrivate }),
    now,
    newId,
    random: Math.random,
    faultPoint,
    onEnded({ result, decision }) {
      observe({ outcome: decision.outcome }, result.durationMs / 1_000);
      worker.wake();
    },
    onDisabled: (endpointId, reason) =>
      log.error(
        { endpointId, reason },
        "webhook endpoint turned off: it gets no events until it is turned on",
      ),
    onFault: (eventId, err) =>
      log.warn({ eventId, err }, "the end of a webhook's call was not written: it is sent again"),
  });
  const worker = service.every(pollMs, "webhooks", delivery.runOnce);
  const deps: WebhookDeps = {
    webhooks: postgresWebhookEndpoints(db, { newId }),
    webhookAddresses: { allowsPrivate, isPublic: isPublicHost },
  };
  return {
    deps,
    /** Changes were saved. */
    wake: () => void (delivery.isUsed() && worker.wake()),
    stop: () => delivery.stop(stopWithinMs),
  };
}
