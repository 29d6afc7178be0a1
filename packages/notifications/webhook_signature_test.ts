import { expect, test } from "bun:test";
import { isWebhookSecret, newWebhookSecret, webhookHeaders } from "./webhook_signature.ts";

test("webhookHeaders() signs like the specification's example", () => {
  const message = {
    id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
    timestamp: new Date(1_614_265_330_000).toISOString(),
    body: '{"test": 2432232314}',
  };
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  expect(webhookHeaders(message, [secret])).toEqual({
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
  const { "webhook-signature": both = "" } = webhookHeaders(message, [secret, newWebhookSecret()]);
  expect(both.split(" ")[0]).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  expect(both.split(" ").length).toBe(2);
});

test("newWebhookSecret() creates a new secret each time, and isWebhookSecret() recognizes it", () => {
  const secrets = [newWebhookSecret(), newWebhookSecret()];
  expect(secrets[0]).not.toBe(secrets[1]);
  for (const secret of [...secrets, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
    expect(isWebhookSecret(secret), secret).toBe(true);
  for (const text of ["", "whsec_", "whsec_short", "secret", "whsec_ö", `whsec_${"A".repeat(33)}`])
    expect(isWebhookSecret(text), text).toBe(false);
});
