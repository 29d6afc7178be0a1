// Standard Webhooks (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
import { createHmac } from "node:crypto";

/** `whsec_` and 24 random bytes in base64. */
export function newWebhookSecret(): string {
  return `whsec_${Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64")}`;
}

/** Its bytes; undefined when the text is no such secret. */
export function bytesOfSecret(secret: string): Buffer | undefined {
  const [, text] = /^whsec_([A-Za-z0-9+/]{32,88}={0,2})$/.exec(secret) ?? [];
  const bytes = Buffer.from(text ?? "", "base64");
  return bytes.length >= 24 && bytes.length <= 64 ? bytes : undefined;
}

/** The headers by which a receiver recognizes the sender, and a repeated message. `timestamp`: seconds since 1970. */
export function signedHeaders(
  {
    id,
    timestamp,
    body,
  }: { readonly id: string; readonly timestamp: number; readonly body: string },
  secret: Buffer,
): Record<string, string> {
  const signature = createHmac("sha256", secret)
    .update(`${id}.${timestamp}.${body}`)
    .digest("base64");
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": `v1,${signature}`,
  };
}
