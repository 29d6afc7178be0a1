import { Webhook, WebhookVerificationError } from "standardwebhooks";
import type { components } from "./api_types.ts";

export { WebhookVerificationError };

/** An event of an order, told apart by its `type`. Types and fields may be added: ignore those you don't know. */
export type WebhookEvent = components["schemas"]["OrderWebhook"] & {
  /** The header webhook-id, the same each time the event comes. */
  readonly id: string;
};

/**
 * The event that a webhook brings, once its signature by one of the secrets and its time (within 5 minutes) hold; two
 * secrets while one replaces the other. Throws WebhookVerificationError: answer 400. `body` is the text as it came,
 * not parsed and written again. An event may come twice: remember its `id`.
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
