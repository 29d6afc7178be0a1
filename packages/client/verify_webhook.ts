import { Webhook, WebhookVerificationError } from "standardwebhooks";
import type { components } from "./api_types.ts";

export { WebhookVerificationError };

/** An event of an order; `type` discriminates the union. Ignore unknown types and fields: new ones may be added. */
export type WebhookEvent = components["schemas"]["OrderWebhook"] & {
  /** The header webhook-id, the same for every delivery of the event. */
  readonly id: string;
};

/**
 * Returns the event when one of the secrets signed it within the last 5 minutes; pass two secrets during a rotation.
 * Throws WebhookVerificationError: respond with 400. `body` must be the raw text of the request, not parsed and
 * serialized again. An event may be delivered twice: deduplicate by `id`.
 */
export function verifyWebhook(
  headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>,
  body: string | Uint8Array,
  secrets: string | readonly string[],
): WebhookEvent {
  const text = typeof body === "string" ? body : new TextDecoder().decode(body);
  const entries = headers instanceof Headers ? [...headers] : Object.entries(headers);
  const signed = Object.fromEntries(
    entries.map(([name, value]) => [name.toLowerCase(), String(value ?? "")]),
  );
  const [first, ...others] = [secrets].flat() as readonly string[];
  if (first === undefined) throw new WebhookVerificationError("No secret is given");
  try {
    const event = new Webhook(first).verify(text, signed) as WebhookEvent;
    return { ...event, id: signed["webhook-id"] ?? "" };
  } catch (error) {
    if (others.length === 0 || !(error instanceof WebhookVerificationError)) throw error;
    return verifyWebhook(signed, text, others);
  }
}
