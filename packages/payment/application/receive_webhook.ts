import type { PaymentDeps, Webhook, WebhookRepository } from "./ports.ts";

/**
 * Stores a webhook, so that it can be answered at once and the PSP be queried later. An "unknown" one, about no payment
 * of ours or without that payment's secret, causes no query; a few are kept for an operator. "full": there were too many
 * about this payment; it is not stored and must come again.
 */
export async function receiveWebhook(
  webhook: Webhook,
  deps: {
    readonly webhooks: Pick<WebhookRepository, "findPayment" | "store">;
    readonly faultPoint: PaymentDeps["faultPoint"];
  },
): Promise<"stored" | "full" | "unknown"> {
  const payment = await deps.webhooks.findPayment(webhook);
  const isUnknown = !payment || !webhook.isProven(payment.attempts);
  const orderId = payment?.orderId ?? webhook.orderId;
  const result = await deps.webhooks.store({ ...webhook, orderId }, isUnknown);
  if (isUnknown) return "unknown";
  await deps.faultPoint("webhook:stored");
  return result;
}
