import * as v from "valibot";
import { AppError } from "@payflow/shared";
import { reply, routesOf, sameSecret, text, type Logger } from "@payflow/shared/http";
import type { Webhook } from "../application/ports.ts";
import { receiveWebhook } from "../application/receive_webhook.ts";
import { orderService, type InternalEnv } from "./internal_key.ts";

export type WebhookDeps = Omit<Parameters<typeof receiveWebhook>[1], "sameSecret"> & {
  /** Undefined for what is no webhook of the payment provider. */
  readonly readWebhook: (body: string, headers: Headers) => Webhook | undefined;
  readonly onStored: () => void;
  readonly log: Logger;
};

const route = routesOf<InternalEnv, WebhookDeps>();

/** Only a webhook that is stored, or about nothing of ours, is answered by 200; Toss repeats every other one. */
export const webhookRoutes = [
  route({
    method: "POST",
    path: "/webhooks/toss",
    name: "receiveWebhook",
    tag: "webhooks",
    summary: "Store a webhook that order has passed on",
    caller: orderService,
    body: text(64 * 1024),
    answers: { 200: { description: "Stored", schema: v.object({ received: v.literal(true) }) } },
    refusals: ["malformed_webhook", "too_many_webhooks"],
    async handle({ c, body }, { readWebhook, onStored, log, ...deps }) {
      const webhook = readWebhook(body, c.req.raw.headers);
      const malformed = "This is not a webhook of Toss Payments";
      if (webhook === undefined) throw new AppError("malformed", "malformed_webhook", malformed);
      const result = await receiveWebhook(webhook, { ...deps, sameSecret });
      const tooMany = "There are too many webhooks about this payment; send it again later";
      if (result === "full") throw new AppError("too_many", "too_many_webhooks", tooMany);
      if (result === "stored") onStored();
      const { eventType, isKnownType } = webhook;
      if (!isKnownType && result !== "dropped")
        log.info({ eventType }, "webhook of an unknown type kept");
      return reply(200, { received: true });
    },
  }),
];
