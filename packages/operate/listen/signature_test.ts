import { expect, test } from "bun:test";
import { bytesOfSecret, newWebhookSecret, signedHeaders } from "./signature.ts";

test("signedHeaders() signs as Standard Webhooks does", () => {
  // the example of its reference implementations
  const secret = bytesOfSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  const message = { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1614265330 };
  const headers = signedHeaders({ ...message, body: '{"test": 2432232314}' }, secret as Buffer);
  expect(headers).toEqual({
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
});

test("newWebhookSecret() makes another one each time, and bytesOfSecret() takes no other text", () => {
  const secrets = [newWebhookSecret(), newWebhookSecret()];
  expect(secrets[0]).not.toBe(secrets[1]);
  for (const secret of secrets) expect(bytesOfSecret(secret)).toHaveLength(24);
  for (const text of ["", "whsec_", "whsec_short", "secret", "whsec_ö"])
    expect(bytesOfSecret(text), text).toBeUndefined();
});
