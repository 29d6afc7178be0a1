import type { PaymentDeps, StrangeWebhooks, Webhook, WebhookRepository } from "./ports.ts";

/**
 * Keeps a webhook, so that it can be answered at once and the PSP be queried later. One about no payment of ours, or
 * about a deposit without that payment's secret, is a "stranger" and causes no query; a few are kept for an operator to
 * look at, the rest is "forgotten". "full": there have been so many about this payment that this one is not kept, and
 * must come again.
 */
export async function receiveWebhook(
  webhook: Webhook,
  deps: {
    readonly webhooks: Pick<WebhookRepository, "findSubject" | "store">;
    readonly strangers: StrangeWebhooks;
    /** Compares in a time that doesn't depend on what is compared. */
    readonly sameSecret: (given: string, expected: string) => boolean;
    readonly faultPoint: PaymentDeps["faultPoint"];
  },
): Promise<"stored" | "full" | "stranger" | "forgotten"> {
  const subject = await deps.webhooks.findSubject(webhook);
  const proves = (secret: string | null) =>
    secret === null || deps.sameSecret(webhook.secret ?? "", secret);
  const forged = webhook.eventType === "DEPOSIT_CALLBACK" && !subject?.secrets.some(proves);
  if (subject === undefined || forged)
    return (await deps.strangers.keep(webhook)) ? "stranger" : "forgotten";
  const result = await deps.webhooks.store({ ...webhook, orderId: subject.orderId });
  await deps.faultPoint("webhook:stored");
  return result;
}
