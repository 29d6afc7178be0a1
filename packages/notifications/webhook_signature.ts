// Standard Webhooks (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
import { Webhook } from "standardwebhooks";

/** `whsec_` and 24 random bytes in base64, like the specification's examples. */
export function newWebhookSecret(): string {
  return `whsec_${Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64")}`;
}

/** Whether the text is `whsec_` and 24 to 64 bytes in base64. */
export function isWebhookSecret(text: string): boolean {
  const [, encoded = ""] = /^whsec_([A-Za-z0-9+/]{32,88}={0,2})$/.exec(text) ?? [];
  const bytes = Buffer.from(encoded, "base64");
  return bytes.length >= 24 && bytes.length <= 64 && bytes.toString("base64") === encoded;
}

/**
 * The headers by which a receiver verifies the sender and detects duplicates. Each secret signs, so that during a rotation
 * the receiver may still use the former one. `timestamp` is the time of sending in ISO 8601.
 */
export function webhookHeaders(
  message: { readonly id: string; readonly timestamp: string; readonly body: string },
  secrets: readonly string[],
): Readonly<Record<string, string>> {
  const { id, body } = message;
  const at = new Date(message.timestamp);
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
    "webhook-signature": secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(" "),
  };
}
