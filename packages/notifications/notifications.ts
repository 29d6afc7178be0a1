import type { Logger, OpenedService } from "@payflow/shared/http";
import { createDelivery } from "./deliver.ts";
import { postgresDeliveries } from "./postgres_deliveries.ts";
import { postgresEndpoints } from "./postgres_endpoints.ts";
import { postgresQueue, type EndedTry } from "./postgres_queue.ts";
import { smtpSender, type ComposeMail } from "./smtp_sender.ts";
import { webhookSender } from "./webhook_sender.ts";

/** Saves and calls of this process wake the worker; polling finds those of other replicas, and due retries. */
const pollMs = 1_000;
/** When the service stops, calls that take longer are aborted, and another replica repeats them. */
const stopWithinMs = 15_000;

/** Wires mails and webhooks: the delivery worker, and the functions of routes and pages. */
export async function openNotifications(
  config: {
    /** Without a server, mails are kept but not sent. */
    readonly mail: { readonly smtpUrl?: string | undefined; readonly from?: string | undefined };
    readonly publicUrl: string;
    readonly webhookAllowPrivate: boolean;
  },
  parts: {
    readonly service: Pick<OpenedService, "db" | "now" | "every" | "metrics" | "faultPoint">;
    readonly newId: () => string;
    readonly log: Logger;
    readonly compose: ComposeMail;
  },
) {
  const { service, newId, log, compose } = parts;
  const { db, now, metrics, faultPoint } = service;
  const allowsPrivate = config.webhookAllowPrivate;
  const { smtpUrl: url, from } = config.mail;
  const host = new URL(config.publicUrl).hostname;
  const isSending = url !== undefined && from !== undefined;
  const observe = metrics.histogram(
    "payflow_webhook_try_duration_seconds",
    "Calls of webhook endpoints, by outcome",
    ["outcome"],
    ["delivered", "retry", "gave_up"].map((outcome) => ({ outcome })),
  );

  function onEnded({ delivery, result, decision }: EndedTry) {
    worker.wake();
    const { targetId: endpointId, orderId, version, position, kind } = delivery;
    const { error, durationMs, thrown: err } = result;
    const { outcome, disable: reason } = decision;
    if (delivery.url !== null) observe({ outcome }, durationMs / 1_000);
    else if (error === null) log.info({ orderId, version, position, kind }, "mail sent");
    else log.warn({ orderId, version, position, kind, error, outcome, err }, "mail not sent");
    const text = "webhook endpoint turned off: it gets no events until it is turned on";
    if (reason !== null) log.error({ endpointId, reason }, text);
  }

  const delivery = createDelivery({
    queue: postgresQueue(db),
    sendWebhook: webhookSender({ allowsPrivate }),
    sendMail: isSending ? await smtpSender({ url, from, host, compose }) : undefined,
    now,
    newId,
    random: Math.random,
    faultPoint,
    onEnded,
    onFault: ({ kind, orderId, eventId }, err) =>
      log.warn({ kind, orderId, eventId, err }, "delivery result not stored: it is sent again"),
  });
  const worker = service.every(pollMs, "notifications", delivery.runOnce);
  return {
    endpoints: postgresEndpoints(db, { newId, allowsPrivate }),
    deliveries: postgresDeliveries(db),
    isSending,
    /** Call after changes were saved. */
    wake: () => void (delivery.isUsed() && worker.wake()),
    stop: () => delivery.stop(stopWithinMs),
  };
}
