import type {
  PaymentDeps,
  StrangeWebhooks,
  Webhook,
  WebhookRepository,
} from "./ports.ts";

/**
 * Keeps a hint of Toss, so that it can be answered at once and Toss be asked later. One about no payment of ours
 * causes no question, whoever sent it; a few such are kept for an operator to look at.
 */
export async function receiveWebhook(
  hint: Webhook,
  deps: {
    readonly webhooks: Pick<WebhookRepository, "findSubject" | "store">;
    readonly strangers: StrangeWebhooks;
    readonly faultPoint: PaymentDeps["faultPoint"];
  },
): Promise<"stored" | "stranger"> {
  const subject = await deps.webhooks.findSubject(hint);
  if (subject === undefined) {
    await deps.strangers.keep(hint);
    return "stranger";
  }
  await deps.webhooks.store({ ...hint, orderId: subject.orderId });
  await deps.faultPoint("webhook:stored");
  return "stored";
}
