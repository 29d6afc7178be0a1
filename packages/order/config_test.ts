import { describe, expect, test } from "bun:test";
import { readOrderConfig } from "./config.ts";

const env = {
  DATABASE_URL: "postgres://localhost/order",
  KAFKA_BROKERS: "localhost:9092",
  TOSS_CLIENT_KEY: "test_ck_sandbox",
  INTERNAL_API_KEY: "0123456789abcdef",
  MERCHANT_API_KEY: "0123456789abcdef",
  SESSION_SECRET: "0123456789abcdef",
};

const faultsOf = (changes: Record<string, string | undefined>) => {
  try {
    readOrderConfig({ ...env, ...changes });
    return "";
  } catch (error) {
    return (error as Error).message;
  }
};

describe("readOrderConfig()", () => {
  test("needs no more than addresses, keys and secrets", () => {
    expect(readOrderConfig(env)).toMatchObject({
      port: 8080,
      publicUrl: "http://localhost:8080",
      orderTtlMs: 2_700_000,
      rateLimitPerMinute: 60,
      trustedProxies: [],
    });
  });

  test("has no default secrets: reports all missing ones together", () => {
    const none = Object.fromEntries(Object.keys(env).map((name) => [name, undefined]));
    const message = faultsOf(none);
    for (const name of Object.keys(env)) expect(message).toContain(`${name}: is required`);
  });

  test("reports short secrets without showing them", () => {
    const message = faultsOf({ SESSION_SECRET: "hunter2", MERCHANT_API_KEY: "k" });
    expect(message).toContain("SESSION_SECRET: must have 16 characters");
    expect(message).toContain("MERCHANT_API_KEY: must have 16 characters");
    expect(message).not.toContain("hunter2");
    const url = faultsOf({
      DATABASE_URL: "postgres//me:hunter2@localhost/order",
    });
    expect(url).toContain("DATABASE_URL: must be an address");
    expect(url).not.toContain("hunter2");
  });

  test("accepts only https and local origins as RETURN_ORIGINS", () => {
    const RETURN_ORIGINS =
      "https://Shop.example, https://한국.example:8443/,http://localhost:3000,http://[::1]:3000";
    expect(readOrderConfig({ ...env, RETURN_ORIGINS }).returnOrigins).toEqual([
      "https://shop.example",
      "https://xn--3e0b707e.example:8443",
      "http://localhost:3000",
      "http://[::1]:3000",
    ]);
    expect(readOrderConfig(env).returnOrigins).toEqual([]);
    for (const wrong of [
      "shop.example",
      "http://shop.example",
      "https://shop.example/thanks",
      "https://shop.example?x",
      "https://me@shop.example",
      "https://*.shop.example",
      "https://shop.example\\",
      "//shop.example",
      "javascript:alert(1)",
      "*",
    ])
      expect(faultsOf({ RETURN_ORIGINS: wrong }), wrong).toContain(
        "RETURN_ORIGINS.0: must be an origin",
      );
  });

  test("accepts only addresses and networks as TRUSTED_PROXIES", () => {
    const TRUSTED_PROXIES = "10.0.0.0/8, ::1, fd00::/8,192.0.2.1";
    expect(readOrderConfig({ ...env, TRUSTED_PROXIES }).trustedProxies).toEqual([
      "10.0.0.0/8",
      "::1",
      "fd00::/8",
      "192.0.2.1",
    ]);
    for (const wrong of ["proxy.local", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "::1/x", "*"])
      expect(faultsOf({ TRUSTED_PROXIES: wrong }), wrong).toContain(
        `TRUSTED_PROXIES.0: "${wrong}" is no address or network`,
      );
  });

  test("reports faults of Toss's keys", () => {
    expect(faultsOf({ TOSS_SECRET_KEY: "test_gsk_abc" })).toContain(
      "copy both from one box of 개발자센터 > API 키",
    );
    expect(faultsOf({ TOSS_SECRET_KEY: "live_sk_abc" })).toContain("TOSS_CLIENT_KEY is a test key");
    expect(faultsOf({ TOSS_CLIENT_KEY: "live_ck_abc" })).toContain("https://");
  });

  test("reports dangerous settings under a public address together with all other faults", () => {
    const message = faultsOf({
      PUBLIC_URL: "http://shop.example",
      TOSS_CLIENT_KEY: "abc",
      RATE_LIMIT_PER_MINUTE: "0",
      ORDER_PORT: "http",
    });
    for (const sentence of [
      "ORDER_PORT: must be a whole number",
      "must be a client key",
      "PUBLIC_URL: must begin with https://",
      "SESSION_SECRET: is too easy to guess",
      "are the same",
      "RATE_LIMIT_PER_MINUTE: must not be 0",
    ])
      expect(message).toContain(sentence);
  });

  test("keeps only the origin of PUBLIC_URL", () => {
    const PUBLIC_URL = "http://localhost:8081/path/";
    expect(readOrderConfig({ ...env, PUBLIC_URL }).publicUrl).toBe("http://localhost:8081");
  });

  test("refuses unknown payment methods and numbers out of bounds", () => {
    const message = faultsOf({
      PAYMENT_METHODS: "CARD,CASH",
      ORDER_TTL_MS: "10",
      RATE_LIMIT_PER_MINUTE: "-1",
      ORDER_PORT: "http",
    });
    for (const name of ["PAYMENT_METHODS", "ORDER_TTL_MS", "RATE_LIMIT_PER_MINUTE", "ORDER_PORT"])
      expect(message).toContain(name);
  });
});
