import { anybody } from "@payflow/access";
import { AppError } from "@payflow/shared";
import { at, createRateLimit, networkSet, reply, text } from "@payflow/shared/http";
import { route } from "./api_route.ts";
import { WebhookReceipt } from "./api_schemas.ts";

/** Retry-After in a flood: payment counts webhooks by the hour. Toss resends by its own schedule, over days. */
const afterFloodSeconds = 600;

/**
 * Toss's webhook senders (https://docs.tosspayments.com/reference/using-api/authorization#방화벽-설정). They have no
 * rate limit, because their number grows with the shop's payments.
 */
const tossAddresses = `13.124.18.147 13.124.108.35 3.36.173.151 3.38.81.32 115.92.221.121 115.92.221.122
  115.92.221.123 115.92.221.125 115.92.221.126 115.92.221.127`;
const isToss = networkSet(tossAddresses.split(/\s+/));

/** The limit of each other address: ten times its limit of orders and confirms. */
export const webhookLimitOf = (config: { readonly rateLimitPerMinute: number }) =>
  createRateLimit(10 * config.rateLimitPerMinute);

/**
 * Toss's webhooks arrive at the shop's public address; payment stores them. A well-formed webhook that was not stored
 * gets 503, or 429 in a flood, so that Toss resends it.
 */
export const webhookRoutes = [
  route({
    ...at("POST /webhooks/toss", "receiveTossWebhook", "operations"),
    summary: "Receive a webhook of Toss Payments",
    description:
      "Its content is not trusted: it is stored, then Toss is queried. At most 64 KB. Toss resends it after any status but 200.",
    caller: anybody,
    body: text(64 * 1024),
    answers: {
      200: { description: "Stored, or about no payment of this shop", schema: WebhookReceipt },
    },
    refusals: ["malformed_webhook", "too_many_webhooks", "payment_unavailable"],
    limit(c, { webhookLimit }) {
      const address = c.get("clientAddress");
      if (!isToss(address)) webhookLimit.take(address);
    },
    async handle({ c, body: text }, { payments }) {
      const transmissionId = c.req.header("tosspayments-webhook-transmission-id") ?? null;
      const { result } = await payments["receive-webhook"]({ text, transmissionId });
      if (result === "malformed")
        throw new AppError("malformed", "malformed_webhook", "This is not a webhook from Toss");
      if (result === "full") {
        const text = "There are too many webhooks about this payment; send it again later";
        const details = { retryAfterSeconds: afterFloodSeconds };
        throw new AppError("too_many", "too_many_webhooks", text, details);
      }
      return reply(200, { received: true });
    },
  }),
];
