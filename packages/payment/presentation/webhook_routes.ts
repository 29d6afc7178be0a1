import * as v from "valibot";
import { AppError, PaymentKey } from "@payflow/shared";
import { reply, routesOf, sameSecret, text, type Logger } from "@payflow/shared/http";
import { receiveWebhook } from "../application/receive_webhook.ts";
import { orderService, type InternalEnv } from "./internal_key.ts";

/** All that a payment can cause; the rest, as of billing keys, is kept and said to the log. */
const knownTypes = new Set(["PAYMENT_STATUS_CHANGED", "DEPOSIT_CALLBACK", "CANCEL_STATUS_CHANGED"]);

const Key = v.nullish(v.pipe(v.string(), v.maxLength(200)), null);
/** PAYMENT_STATUS_CHANGED and CANCEL_STATUS_CHANGED carry `data`; DEPOSIT_CALLBACK is flat and has no eventType. */
const Hint = v.pipe(
  v.custom<object>((body) => typeof body === "object" && !Array.isArray(body)),
  v.object({
    eventType: v.optional(v.pipe(v.string(), v.maxLength(100))),
    orderId: Key,
    secret: Key,
    data: v.optional(v.object({ orderId: Key, paymentKey: v.nullish(PaymentKey, null) }), {}),
  }),
  v.check(({ eventType, orderId }) => eventType !== undefined || orderId !== null),
);

export type WebhookDeps = Omit<Parameters<typeof receiveWebhook>[1], "sameSecret"> & {
  readonly onStored: () => void;
  readonly log: Logger;
};

const route = routesOf<InternalEnv, WebhookDeps>();

/**
 * Takes Toss's webhooks (https://docs.tosspayments.com/reference/using-api/webhook-events): stores and answers.
 * Only a webhook that is stored, or about nothing of ours, is answered by 200; Toss repeats every other one.
 */
export const webhookRoutes = [
  route({
    method: "POST",
    path: "/webhooks/toss",
    name: "receiveWebhook",
    tag: "webhooks",
    summary: "Store a webhook that order has passed on",
    caller: orderService,
    body: text(64 * 1024),
    answers: {
      200: { description: "Stored", schema: v.object({ received: v.literal(true) }) },
    },
    refusals: ["malformed_webhook", "too_many_webhooks"],
    async handle({ c, body }, { onStored, log, ...deps }) {
      const hint = v.safeParse(Hint, parsed(body));
      if (!hint.success || body.includes("\\u0000")) throw malformed();
      const { eventType, orderId, secret, data } = hint.output;
      const id = transmissionId(c.req.header("tosspayments-webhook-transmission-id"), body);
      const result = await receiveWebhook(
        {
          id,
          eventType: eventType ?? "DEPOSIT_CALLBACK",
          body,
          orderId: data.orderId ?? orderId,
          paymentKey: data.paymentKey ?? null,
          secret,
        },
        { ...deps, sameSecret },
      );
      const tooMany = "There are too many webhooks about this payment; send it again later";
      if (result === "full") throw new AppError("too_many", "too_many_webhooks", tooMany);
      if (result === "stored") onStored();
      const isKnown = eventType === undefined || knownTypes.has(eventType);
      if (!isKnown && result !== "forgotten")
        log.info({ eventType }, "webhook of an unknown type kept");
      return reply(200, { received: true });
    },
  }),
];

function malformed(): AppError {
  return new AppError("malformed", "malformed_webhook", "This is not a webhook of Toss Payments");
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw malformed();
  }
}

function transmissionId(header: string | undefined, body: string): string {
  if (header !== undefined && /^[\x21-\x7e]{1,100}$/.test(header)) return header;
  return `sha256:${new Bun.CryptoHasher("sha256").update(body).digest("hex")}`;
}
