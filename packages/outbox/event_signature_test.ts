import { expect, test } from "bun:test";
import type { OutgoingMessage } from "./kafka.ts";
import { eventSignatures, signatureHeader } from "./event_signature.ts";

const [oldKey, newKey] = ["the-key-until-today", "the-key-from-tomorrow"];
const keys = (current: string, ...accepted: string[]) => eventSignatures({ current, accepted });
const event = {
  topic: "PaymentConfirmed",
  key: "order-1",
  value: '{"eventId":"e-1","note":"가"}',
  headers: { ce_id: "e-1", ce_time: "2026-01-05T05:00:00Z" },
};
const asRead = (message: OutgoingMessage) => ({ ...message, value: Buffer.from(message.value) });
const signed = asRead(keys(oldKey).sign(event));

test("sign() keeps the other headers, and isSigned() accepts the message as read from its topic", () => {
  expect(signed.headers).toMatchObject(event.headers);
  expect(keys(oldKey).isSigned(signed)).toBe(true);
});

test.each([
  ["no signature", { headers: { ce_id: "e-1" } }],
  ["another topic", { topic: "PaymentCanceled" }],
  ["another key", { key: "order-2" }],
  ["another value", { value: Buffer.from('{"eventId":"e-2"}') }],
  ["another id", { headers: { ...signed.headers, ce_id: "e-2" } }],
  ["another time", { headers: { ...signed.headers, ce_time: "2027" } }],
  [
    "a part of the signature",
    {
      headers: {
        ...signed.headers,
        [signatureHeader]: signed.headers[signatureHeader]?.slice(0, 20) ?? "",
      },
    },
  ],
  ["an empty signature", { headers: { ...signed.headers, [signatureHeader]: "v1=" } }],
])("isSigned() rejects %s", (_, change) => {
  expect(keys(oldKey).isSigned({ ...signed, ...change })).toBe(false);
});

test("accepts both keys during rotation, and only the known key before and after", () => {
  const later = asRead(keys(newKey, oldKey).sign(event));
  expect(keys(oldKey).isSigned(later)).toBe(false);
  expect(keys(oldKey, newKey).isSigned(later)).toBe(true);
  expect(keys(newKey, oldKey).isSigned(signed)).toBe(true);
  expect(keys(newKey).isSigned(signed)).toBe(false);
});
