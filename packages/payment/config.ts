import * as v from "valibot";
import {
  checkTossKeys,
  durationMs,
  kafkaSettings,
  port,
  readSettings,
  serviceSettings,
  unsafeSettings,
  url,
  wholeNumber,
  type Environment,
} from "@payflow/shared/http";

const tossUrl = "https://api.tosspayments.com";
/** Calls that Toss accepts: 100 a minute for each API with a test key; with a live key as many as a shop needs. */
const callsPerSecond = { test: 1, live: 100 };

const settings = {
  ...serviceSettings,
  port: ["PAYMENT_PORT", port(8081)],
  hostname: ["PAYMENT_HOST", v.optional(v.string(), "127.0.0.1")],
  toss: {
    secretKey: ["TOSS_SECRET_KEY", v.string()],
    apiUrl: ["TOSS_API_URL", url(tossUrl)],
    timeoutMs: ["TOSS_TIMEOUT_MS", durationMs(60_000, { min: 100, max: 300_000 })],
    perSecond: ["TOSS_CALLS_PER_SECOND", v.optional(wholeNumber(1, 10_000))],
  },
  reconcileAfterMs: ["RECONCILE_AFTER_MS", durationMs(5_000, { min: 10 })],
  transactionSweepMs: ["TRANSACTION_SWEEP_MS", durationMs(300_000, { min: 100 })],
} as const;

/** Reads the payment service's settings. Throws ConfigError with every invalid one. */
export function readPaymentConfig(env: Environment) {
  const findFaults = (given: Environment) => [...checkTossKeys(given), ...unsafeSettings(given)];
  const { kafka, toss, ...config } = readSettings(settings, env, findFaults);
  const isTest = toss.secretKey.startsWith("test_") && new URL(toss.apiUrl).origin === tossUrl;
  const perSecond = toss.perSecond ?? callsPerSecond[isTest ? "test" : "live"];
  return {
    ...config,
    kafka: kafkaSettings(kafka, "payflow-payment"),
    toss: { ...toss, perSecond },
  };
}

export type PaymentConfig = ReturnType<typeof readPaymentConfig>;
