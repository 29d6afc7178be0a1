import * as v from "valibot";
import {
  durationMs,
  port,
  readConfig,
  serviceEntries,
  serviceSettings,
  unsafeSettings,
  wholeNumber,
} from "@payflow/shared/http";

const tossUrl = "https://api.tosspayments.com";
/** Toss takes 100 calls a minute of a test key to each API; of a live key as many as a shop has, within reason. */
const callsPerSecond = { test: 1, live: 100 };

const Environment = v.object({
  ...serviceEntries,
  PAYMENT_PORT: port(8081),
  PAYMENT_HOST: v.optional(v.string(), "127.0.0.1"),
  TOSS_SECRET_KEY: v.pipe(
    v.string(),
    v.regex(
      /^(test|live)_sk_/,
      "must be the API 개별 연동 키 (test_sk_… or live_sk_…), from 개발자센터 > API 키",
    ),
  ),
  TOSS_API_URL: v.optional(v.pipe(v.string(), v.url("is no URL")), tossUrl),
  TOSS_TIMEOUT_MS: durationMs(60_000, { min: 100, max: 300_000 }),
  TOSS_CALLS_PER_SECOND: v.optional(wholeNumber(1, 10_000)),
  RECONCILE_AFTER_MS: durationMs(5_000, { min: 10 }),
  TRANSACTION_SWEEP_MS: durationMs(300_000, { min: 100 }),
});

/** The environment as the payment service needs it. Throws ConfigError with every fault. */
export function readPaymentConfig(env: Readonly<Record<string, string | undefined>>) {
  const read = readConfig(Environment, env, unsafeSettings);
  const isTest = read.TOSS_SECRET_KEY.startsWith("test_");
  const isToss = new URL(read.TOSS_API_URL).origin === tossUrl;
  return {
    ...serviceSettings(read, "payment"),
    port: read.PAYMENT_PORT,
    hostname: read.PAYMENT_HOST,
    toss: {
      apiUrl: read.TOSS_API_URL,
      secretKey: read.TOSS_SECRET_KEY,
      timeoutMs: read.TOSS_TIMEOUT_MS,
      perSecond: read.TOSS_CALLS_PER_SECOND ?? callsPerSecond[isTest && isToss ? "test" : "live"],
    },
    confirmWaitMs: read.CONFIRM_WAIT_MS,
    reconcileAfterMs: read.RECONCILE_AFTER_MS,
    transactionSweepMs: read.TRANSACTION_SWEEP_MS,
  };
}

export type PaymentConfig = ReturnType<typeof readPaymentConfig>;
