import type { Attempt } from "../domain/payment.ts";
import type { PaymentDeps, Webhook, WebhookRepository } from "./ports.ts";

/**
 * Stores a webhook, so that it can be answered at once and the PSP be queried later. An "unknown" one, about no payment
 * of ours or without that payment's secret, causes no query; a few are kept for an operator, the rest is "dropped".
 * "full": there were too many about this payment; it is not stored and must come again.
 */
export async function receiveWebhook(
  webhook: Webhook,
  deps: {
    readonly webhooks: Pick<WebhookRepository, "findPayment" | "store" | "keepUnknown">;
    /** Compares in a time that doesn't depend on what is compared. */
    readonly sameSecret: (given: string, expected: string) => boolean;
    readonly faultPoint: PaymentDeps["faultPoint"];
  },
): Promise<"stored" | "full" | "unknown" | "dropped"> {
  const payment = await deps.webhooks.findPayment(webhook);
  const proves = ({ secret }: Attempt) =>
    secret === null || deps.sameSecret(webhook.secret ?? "", secret);
  const isForged = webhook.needsSecret && !payment?.attempts.some(proves);
  if (payment === undefined || isForged)
    return (await deps.webhooks.keepUnknown(webhook)) ? "unknown" : "dropped";
  const result = await deps.webhooks.store({ ...webhook, orderId: payment.orderId });
  await deps.faultPoint("webhook:stored");
  return result;
}
