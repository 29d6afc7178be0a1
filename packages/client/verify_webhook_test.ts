import { describe, expect, test } from "bun:test";
import { Webhook } from "standardwebhooks";
import { verifyWebhook, WebhookVerificationError, type WebhookEvent } from "./mod.ts";

const secret = `whsec_${btoa("a secret of 24 bytes ...")}`;
const other = `whsec_${btoa("another one, 24 bytes ..")}`;
const eventId = "019ab2c4-7d10-7c3e-9f52-6a1b0c8d4e2f";
const orderId = "019ab2c4-7d10-7c3e-9f52-6a1b0c8d4e20";
const event: WebhookEvent = {
  id: eventId,
  type: "OrderConfirmed",
  timestamp: "2026-11-27T10:00:00.000Z",
  data: { orderId, amount: 1000, refundedAmount: 0, currency: "KRW" },
};
const { id: _, ...sent } = event;
const body = JSON.stringify(sent);

function signed(by: string, at = new Date(), text = body): Record<string, string> {
  return {
    "Webhook-Id": eventId,
    "Webhook-Timestamp": String(Math.floor(at.getTime() / 1000)),
    "Webhook-Signature": new Webhook(by).sign(eventId, at, text),
  };
}

describe("verifyWebhook()", () => {
  test("returns the event of a signed webhook, for each type of headers and body", () => {
    expect(verifyWebhook(signed(secret), body, secret)).toEqual(event);
    const bytes = new TextEncoder().encode(body);
    expect(verifyWebhook(new Headers(signed(secret)), bytes, [secret])).toEqual(event);
  });

  test("accepts either secret during a rotation", () => {
    expect(verifyWebhook(signed(other), body, [secret, other])).toEqual(event);
    expect(verifyWebhook(signed(secret), body, [secret, other])).toEqual(event);
  });

  test.each([
    ["another secret", signed(other), body, [secret]],
    ["no secret", signed(secret), body, []],
    ["another body", signed(secret), body.replace("1000", "1001"), secret],
    ["an old time", signed(secret, new Date(Date.now() - 600_000)), body, secret],
    ["no headers", {}, body, [secret, other]],
  ])("refuses %s", (_, headers, text, secrets) => {
    expect(() => verifyWebhook(headers, text, secrets)).toThrow(WebhookVerificationError);
  });
});
