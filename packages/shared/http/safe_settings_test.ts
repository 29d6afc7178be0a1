import { describe, expect, test } from "bun:test";
import { unsafeSettings } from "./safe_settings.ts";

const random = (seed: string) =>
  new Bun.CryptoHasher("sha256").update(seed).digest("hex").slice(0, 32);

const safe = {
  PUBLIC_URL: "https://shop.example",
  TOSS_CLIENT_KEY: "live_ck_D5GePWvyJnrK0W0k6q8gLzN97Eoq",
  TOSS_SECRET_KEY: "live_sk_zXLkKEypNArWmo50nX3lmeaxYG5R",
  TOSS_API_URL: "https://api.tosspayments.com",
  TOSS_SDK_URL: "https://js.tosspayments.com/v2/standard",
  INTERNAL_API_KEY: random("internal"),
  MERCHANT_API_KEY: random("merchant"),
  SESSION_SECRET: random("session"),
  DATABASE_URL: `postgres://order:${random("database")}@db.internal/order`,
  TRUSTED_PROXIES: "10.0.0.0/8, fd00::/8, 203.0.113.7",
  RATE_LIMIT_PER_MINUTE: "60",
  INTERNAL_API_KEYS_ACCEPTED: random("older"),
};

const faultsOf = (changes: Record<string, string | undefined>) =>
  unsafeSettings({ ...safe, ...changes });

describe("unsafeSettings()", () => {
  test("finds nothing in safe settings, live and for tests", () => {
    expect(faultsOf({})).toEqual([]);
    expect(faultsOf({ TOSS_CLIENT_KEY: "test_ck_abc", TOSS_SECRET_KEY: "test_sk_abc" })).toEqual(
      [],
    );
  });

  const dangers = {
    PUBLIC_URL: ["http://shop.example", "http://localhost:8080", undefined],
    TOSS_API_URL: [
      "http://localhost:9090",
      "http://api.tosspayments.com",
      "https://api.tosspayments.com.evil.example",
      "https://api.tosspayments.com@evil.example",
      "https://api.tosspayments.com:8443",
    ],
    TOSS_SDK_URL: ["http://sandbox:9090/v2/standard", "https://evil.example"],
    INTERNAL_API_KEY: [
      "payflow-on-this-machine-only",
      "0123456789abcdef0123456789abcdef",
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "qwertyqwertyqwertyqwertyqwerty",
      "hunter2hunter2hunter2hunter2",
      "Zq8-kW3_pL0+xR7n",
    ],
    MERCHANT_API_KEY: ["change-me-change-me-1x2y3z", "abcdefghijklmnopqrstuvwxyz"],
    INTERNAL_API_KEYS_ACCEPTED: ["12345678901234567890", `${random("older")}, 0123456789abcdef`],
    SESSION_SECRET: ["a-secret-of-the-bench", "my-very-own-Password-of-2026"],
    DATABASE_URL: [
      "postgres://postgres:postgres@db/order",
      "postgres://order:order@db/order",
      "postgres://postgres:payflow@postgres:5432/order",
    ],
    TRUSTED_PROXIES: ["0.0.0.0/0", "::/0", "10.0.0.0/8,128.0.0.0/1", "8000::/1"],
    WEBHOOK_ALLOW_PRIVATE: ["true", "1"],
    RATE_LIMIT_PER_MINUTE: ["0", "000"],
  } as const;

  test.each(Object.entries(dangers))(
    "reports a dangerous %s in one sentence, with live keys",
    (name, values) => {
      for (const value of values) {
        const sentences = faultsOf({ [name]: value });
        expect(sentences, String(value)).toHaveLength(1);
        expect(sentences[0]).toStartWith(`${name}: `);
        if (/KEY|SECRET/.test(name)) expect(sentences[0]).not.toContain(String(value));
      }
    },
  );

  test("reports equal secrets", () => {
    const SESSION_SECRET = safe.MERCHANT_API_KEY;
    expect(faultsOf({ SESSION_SECRET })).toEqual([
      expect.stringMatching(/^MERCHANT_API_KEY and SESSION_SECRET: are the same/),
    ]);
    expect(faultsOf({ INTERNAL_API_KEY: safe.TOSS_SECRET_KEY })[0]).toContain(
      "INTERNAL_API_KEY and TOSS_SECRET_KEY",
    );
  });

  test("reports all together, also with test keys under a public address", () => {
    const sentences = unsafeSettings({
      PUBLIC_URL: "http://shop.example",
      TOSS_CLIENT_KEY: "test_ck_sandbox",
      TOSS_SECRET_KEY: "test_sk_sandbox",
      TOSS_SDK_URL: "http://shop.example:9090/v2/standard",
      SESSION_SECRET: "0123456789abcdef",
      MERCHANT_API_KEY: "0123456789abcdef",
      TRUSTED_PROXIES: "0.0.0.0/0",
      RATE_LIMIT_PER_MINUTE: "0",
    });
    expect(sentences.map((sentence) => sentence.split(":")[0])).toEqual([
      "PUBLIC_URL",
      "TOSS_SDK_URL",
      "TOSS_CLIENT_KEY",
      "TOSS_SECRET_KEY",
      "MERCHANT_API_KEY",
      "SESSION_SECRET",
      "MERCHANT_API_KEY and SESSION_SECRET",
      "TRUSTED_PROXIES",
      "RATE_LIMIT_PER_MINUTE",
    ]);
  });

  test("allows all of them on a developer's machine and in a private network", () => {
    for (const PUBLIC_URL of [
      undefined,
      "http://localhost:8080",
      "http://127.0.0.2:8080",
      "http://[::1]:8080",
      "http://192.168.0.12:8080",
      "http://172.20.1.1",
      "http://shop.local",
      "http://order:8080",
    ])
      expect(
        unsafeSettings({
          PUBLIC_URL,
          TOSS_CLIENT_KEY: "test_ck_sandbox",
          SESSION_SECRET: "0123456789abcdef",
          RATE_LIMIT_PER_MINUTE: "0",
        }),
        PUBLIC_URL,
      ).toEqual([]);
    for (const PUBLIC_URL of [
      "http://172.32.0.1",
      "http://8.8.8.8",
      "http://[2001:db8::1]",
      "https://shop.example.",
    ])
      expect(unsafeSettings({ PUBLIC_URL, RATE_LIMIT_PER_MINUTE: "0" }), PUBLIC_URL).not.toEqual(
        [],
      );
  });

  test("accepts random secrets in every usual format", () => {
    for (let seed = 0; seed < 500; seed++) {
      const bytes = new Bun.CryptoHasher("sha512").update(`${seed}`).digest();
      for (const SESSION_SECRET of [
        bytes.subarray(0, 16).toString("hex"),
        bytes.subarray(0, 18).toString("base64"),
        bytes.subarray(0, 32).toString("base64url"),
      ])
        expect(faultsOf({ SESSION_SECRET }), SESSION_SECRET).toEqual([]);
    }
  });
});
