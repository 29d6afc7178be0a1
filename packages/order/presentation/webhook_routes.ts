import { Hono } from "hono";
import { AppError } from "@payflow/shared";
import { readText } from "@payflow/shared/runtime";
import type { PaymentService } from "../application/ports.ts";

const bodyLimitBytes = 64 * 1024;
/** A flood counts by the hour; Toss itself repeats by a schedule of its own, over days. */
const afterFloodSeconds = 600;

/**
 * Toss's webhooks reach the shop's one public address; payment stores them. Whatever is neither stored nor garbage is
 * answered by 503, or by 429 when a flood came before it, so that Toss sends it again.
 */
export function webhookRoutes(payments: PaymentService): Hono {
  return new Hono().post("/webhooks/toss", async (c) => {
    const body = await readText(c.req.raw, bodyLimitBytes);
    const { method, headers, url } = c.req.raw;
    const answer = await payments.forwardWebhook(
      new Request(url, { method, headers, body }),
    );
    if (answer.ok) return c.json({ received: true });
    throw refusal(answer.status);
  });
}

function refusal(status: number): AppError {
  switch (status) {
    case 400:
      return new AppError(
        "malformed",
        "malformed_webhook",
        "This is not a webhook of Toss Payments",
      );
    case 429:
      return new AppError(
        "too_many",
        "too_many_webhooks",
        "There are too many webhooks about this payment; send it again later",
        { retryAfterSeconds: afterFloodSeconds },
      );
    default:
      return new AppError(
        "unavailable",
        "webhook_not_stored",
        "The webhook could not be stored; send it again",
        { retryAfterSeconds: 5 },
      );
  }
}
