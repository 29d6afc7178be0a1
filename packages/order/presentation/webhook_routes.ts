import { Hono } from "hono";
import { readText } from "@payflow/shared/runtime";
import type { PaymentService } from "../application/ports.ts";

/** Toss's webhooks reach the shop's one public address; payment stores them, and its answer is Toss's answer. */
export function webhookRoutes(payments: PaymentService): Hono<never> {
  return new Hono<never>().post("/webhooks/toss", async (c) => {
    const body = await readText(c.req.raw, 64 * 1024);
    const { method, headers, url } = c.req.raw;
    const answer = await payments.forwardWebhook(
      new Request(url, { method, headers, body }),
    );
    return new Response(answer.body, {
      status: answer.status,
      headers: { "Content-Type": "application/json" },
    });
  });
}
