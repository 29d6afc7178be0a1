import { expect, test } from "bun:test";
import { readConfig } from "./config.ts";

test("readConfig() returns defaults for local use when no variable is set", () => {
  expect(readConfig({})).toEqual({
    port: 9090,
    hostname: "127.0.0.1",
    databasePath: ".payflow/toss-sandbox.sqlite",
    publicUrl: undefined,
    webhookUrl: "http://localhost:8080/webhooks/toss",
    webhookDelayMs: 2_000,
    clientKey: "test_ck_sandbox",
    secretKey: "test_sk_sandbox",
  });
});

test("readConfig() reports all invalid variables at once, one sentence each", () => {
  const env = {
    TOSS_SANDBOX_PORT: "70000",
    TOSS_SANDBOX_URL: "localhost:9090",
    TOSS_SANDBOX_WEBHOOK_URL: "ftp://shop",
    TOSS_SANDBOX_WEBHOOK_DELAY_MS: "2s",
    TOSS_SECRET_KEY: "live_sk_1",
  };
  expect(() => readConfig(env)).toThrow(
    [
      "TOSS_SANDBOX_URL must be the http or https address that browsers use.",
      "TOSS_SANDBOX_PORT must be a port from 0 to 65535.",
      "TOSS_SANDBOX_WEBHOOK_URL must be an http or https address.",
      "TOSS_SANDBOX_WEBHOOK_DELAY_MS must be a number of milliseconds from 0 to 3600000.",
      "TOSS_SECRET_KEY must be a test secret key (test_sk_…); the sandbox takes no live key.",
    ].join("\n"),
  );
});
