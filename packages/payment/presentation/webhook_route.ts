import type { Handler } from "hono";
import { AppError } from "@payflow/shared";
import { readText } from "@payflow/shared/http";
import type { Webhook } from "../application/ports.ts";
import { receiveWebhook } from "../application/receive_webhook.ts";

export type WebhookDeps = Parameters<typeof receiveWebhook>[1] & {
  /** Undefined if the body is no webhook of the payment provider. */
  readonly readWebhook: (body: string, headers: Headers) => Webhook | undefined;
  readonly onStored: () => void;
};

const limitBytes = 64 * 1024;

/** Responds with 200 only if the webhook is stored or unknown; Toss resends every other one. */
export function webhookRoute({ readWebhook, onStored, ...deps }: WebhookDeps): Handler {
  return async (c) => {
    const webhook = readWebhook(await readText(c.req.raw, limitBytes), c.req.raw.headers);
    const malformed = "This is not a webhook of Toss Payments";
    if (webhook === undefined) throw new AppError("malformed", "malformed_webhook", malformed);
    const result = await receiveWebhook(webhook, deps);
    const tooMany = "Too many webhooks about this payment; send it again later";
    if (result === "full") throw new AppError("too_many", "too_many_webhooks", tooMany);
    if (result === "stored") onStored();
    return c.json({ received: true });
  };
}
