import { Hono } from "hono";
import { AppError } from "@payflow/shared";
import { readText } from "@payflow/shared/runtime";
import type { PaymentService } from "../application/ports.ts";

const bodyLimitBytes = 64 * 1024;

/**
 * Toss's webhooks reach the shop's one public address; payment stores them. Whatever is neither stored nor garbage is
 * answered by 503, so that Toss sends it again.
 */
export function webhookRoutes(payments: PaymentService): Hono {
  return new Hono().post("/webhooks/toss", async (c) => {
    const body = await readText(c.req.raw, bodyLimitBytes);
    const { method, headers, url } = c.req.raw;
    const answer = await payments.forwardWebhook(
      new Request(url, { method, headers, body }),
    );
    await answer.body?.cancel();
    if (answer.ok) return c.json({ received: true });
    if (answer.status === 400) {
      throw new AppError(
        "malformed",
        "malformed_webhook",
        "This is not a webhook of Toss Payments",
      );
    }
    throw new AppError(
      "unavailable",
      "webhook_not_stored",
      "The webhook could not be stored; send it again",
      { retryAfterSeconds: 5 },
    );
  });
}
