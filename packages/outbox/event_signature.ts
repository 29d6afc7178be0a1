// Others may be able to write to a topic: every event is signed with a key that the services share, and no consumer
// applies an event without a valid signature (docs/adr/0013-events-are-signed.md).
import { hkdfSync, timingSafeEqual } from "node:crypto";
import type { OutgoingMessage } from "./kafka.ts";

export const signatureHeader = "outbox_signature";

export type EventKeys = {
  /** Signs, and is accepted. */
  readonly current: string;
  /** Accepted as well, while keys are rotated. */
  readonly accepted: readonly string[];
};

/** Its topic is without the prefix of a shared Kafka. */
type Signed = Omit<OutgoingMessage, "value"> & { readonly value: string | Uint8Array };
export type EventSignatures = ReturnType<typeof eventSignatures>;

/** Signs and checks events by keys derived from secrets that the services share. */
export function eventSignatures(keys: EventKeys) {
  const current = deriveKey(keys.current, "event signature");
  const accepted = keys.accepted.map((secret) => deriveKey(secret, "event signature"));
  return {
    /** The same message with a signature by the current key among its headers. */
    sign(message: OutgoingMessage): OutgoingMessage {
      const signature = `v1=${macOf(message, current).toString("base64url")}`;
      return { ...message, headers: { ...message.headers, [signatureHeader]: signature } };
    },
    /** Whether one of the keys has signed this topic, key, id, time and these bytes. */
    isSigned(message: Signed): boolean {
      const [version, text] = message.headers[signatureHeader]?.split("=") ?? [];
      if (version !== "v1" || text === undefined) return false;
      const given = Buffer.from(text, "base64url");
      return [current, ...accepted].some((key) => {
        const expected = macOf(message, key);
        return given.length === expected.length && timingSafeEqual(given, expected);
      });
    },
  };
}

/** 32 bytes for one purpose, named by `label`, derived from a secret that has others as well (HKDF, RFC 5869). */
export function deriveKey(secret: string, label: string): Buffer<ArrayBuffer> {
  return Buffer.from(hkdfSync("sha256", secret, "", label, 32));
}

/** A JSON list keeps the parts apart: no text of one can pass for another. */
function macOf({ topic, key, value, headers }: Signed, secret: Buffer): Buffer {
  const parts = [topic, key, headers["ce_id"], headers["ce_time"]];
  return new Bun.CryptoHasher("sha256", secret)
    .update(`${JSON.stringify(parts)}\n`)
    .update(value)
    .digest();
}
