// Other clients may have write access to a topic. Every event is therefore signed with a key that the services share, and
// consumers reject an event without a valid signature (docs/adr/0013-events-are-signed.md).
import { hkdfSync, timingSafeEqual } from "node:crypto";
import type { OutgoingMessage } from "./kafka.ts";

export const signatureHeader = "outbox_signature";

export type EventKeys = {
  /** Signs new events; its signatures are accepted. */
  readonly current: string;
  /** Secrets whose signatures are also accepted, for key rotation. */
  readonly accepted: readonly string[];
};

/** The topic has no prefix. */
type Signed = Omit<OutgoingMessage, "value"> & { readonly value: string | Uint8Array };
export type EventSignatures = ReturnType<typeof eventSignatures>;

/** Signs and verifies events with keys derived from secrets that the services share. */
export function eventSignatures(keys: EventKeys) {
  const current = deriveKey(keys.current, "event signature");
  const accepted = keys.accepted.map((secret) => deriveKey(secret, "event signature"));
  return {
    /** Returns the message with a signature header, made with the current key. */
    sign(message: OutgoingMessage): OutgoingMessage {
      const signature = `v1=${macOf(message, current).toString("base64url")}`;
      return { ...message, headers: { ...message.headers, [signatureHeader]: signature } };
    },
    /** Whether one of the keys signed this topic, key, event id, time and value. */
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

/** Derives a 32-byte key for the purpose `label` from a secret that serves several purposes (HKDF, RFC 5869). */
export function deriveKey(secret: string, label: string): Buffer<ArrayBuffer> {
  return Buffer.from(hkdfSync("sha256", secret, "", label, 32));
}

/** The JSON array delimits the parts; otherwise text could move from one part to the next under the same MAC. */
function macOf({ topic, key, value, headers }: Signed, secret: Buffer): Buffer {
  const parts = [topic, key, headers["ce_id"], headers["ce_time"]];
  return new Bun.CryptoHasher("sha256", secret)
    .update(`${JSON.stringify(parts)}\n`)
    .update(value)
    .digest();
}
