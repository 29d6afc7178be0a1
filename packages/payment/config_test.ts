import { describe, expect, test } from "bun:test";
import { readPaymentConfig } from "./config.ts";

const least = {
  DATABASE_URL: "postgres://localhost/payment",
  KAFKA_BROKERS: "localhost:9092",
  TOSS_SECRET_KEY: "test_sk_0123456789",
  INTERNAL_API_KEY: "0123456789abcdef",
};

describe("readPaymentConfig()", () => {
  test.each([
    ["test_sk_0123456789", undefined, 1],
    ["live_sk_0123456789", undefined, 100],
    ["test_sk_sandbox", "http://localhost:9090", 100],
  ])(
    "calls Toss as often as it lets the key %s at %s",
    (TOSS_SECRET_KEY, TOSS_API_URL, perSecond) => {
      const INTERNAL_API_KEY = "Kx0f9vQ2mW7cRz4bT8nLhJ3s";
      const env = { ...least, INTERNAL_API_KEY, TOSS_SECRET_KEY, TOSS_API_URL };
      expect(readPaymentConfig(env).toss.perSecond).toBe(perSecond);
    },
  );

  test("refuses dangerous settings with live keys", () => {
    const env = {
      TOSS_SECRET_KEY: "live_sk_0123456789",
      TOSS_API_URL: "http://localhost:9090",
    };
    const read = () => readPaymentConfig({ ...least, ...env });
    expect(read).toThrow("TOSS_API_URL: must be Toss's own");
    expect(read).toThrow("INTERNAL_API_KEY: is too easy to guess");
  });

  test("takes another number of calls from the environment", () => {
    const env = { ...least, TOSS_CALLS_PER_SECOND: "7" };
    expect(readPaymentConfig(env).toss.perSecond).toBe(7);
  });

  test("refuses the keys of a widget, and secrets that are too short", () => {
    const env = { TOSS_SECRET_KEY: "test_gck_1", INTERNAL_API_KEY: "short" };
    const read = () => readPaymentConfig({ ...least, ...env });
    expect(read).toThrow("must be a secret key");
    expect(read).toThrow("INTERNAL_API_KEY");
  });

  test("takes further keys while the key is being changed, and no short one", () => {
    const keys = (text: string) =>
      readPaymentConfig({ ...least, INTERNAL_API_KEYS_ACCEPTED: text }).eventKeys;
    expect(keys("")).toEqual({ current: least.INTERNAL_API_KEY, accepted: [] });
    expect(keys("the-key-until-today, the-key-from-tomorrow").accepted).toEqual([
      "the-key-until-today",
      "the-key-from-tomorrow",
    ]);
    expect(() => keys("the-key-until-today,short")).toThrow("INTERNAL_API_KEYS_ACCEPTED");
  });
});
