import type { CallBody } from "@payflow/shared";
import { isKnown } from "../domain/plan.ts";
import type { PaymentDeps, Webhook, WebhookRepository } from "./ports.ts";

type Sent = CallBody<"receive-webhook">;

/**
 * Stores a webhook, so that the PSP gets a response at once and is queried later if the webhook may show a change.
 * "unknown": it is about no payment of ours, or lacks that payment's secret; it causes no query, and a few are kept for an
 * operator. "full": too many about this payment; it is not stored, and the PSP must resend it.
 */
export async function receiveWebhook(
  sent: Sent,
  deps: {
    /** Undefined for a text that is no webhook of the PSP. */
    readonly readWebhook: (sent: Sent) => Webhook | undefined;
    readonly webhooks: Pick<WebhookRepository, "findPayment" | "store">;
    readonly onStored: () => void;
    readonly faultPoint: PaymentDeps["faultPoint"];
  },
): Promise<"stored" | "full" | "unknown" | "malformed"> {
  const webhook = deps.readWebhook(sent);
  if (webhook === undefined) return "malformed";
  const payment = await deps.webhooks.findPayment(webhook);
  const isUnknown = !payment || !webhook.isProven(payment.attempts);
  const orderId = payment?.orderId ?? webhook.orderId;
  const standing = isUnknown ? "unknown" : isKnown(payment, webhook) ? "known" : "due";
  const result = await deps.webhooks.store({ ...webhook, orderId }, standing);
  if (isUnknown) return "unknown";
  await deps.faultPoint("webhook:stored");
  if (result === "stored" && standing === "due") deps.onStored();
  return result;
}
