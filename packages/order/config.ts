import { BlockList, isIP } from "node:net";
import { join } from "node:path";
import * as v from "valibot";
import {
  checkTossKeys,
  databaseUrl,
  durationMs,
  kafkaEntries,
  kafkaSettings,
  list,
  logLevel,
  port,
  readConfig,
  unsafeSettings,
  wholeNumber,
} from "@payflow/shared/http";
import { paymentMethods } from "@payflow/ui";

const secret = v.pipe(v.string(), v.minLength(16, "must have 16 characters or more"));

const Environment = v.object({
  ORDER_PORT: port(8080),
  ORDER_HOST: v.optional(v.string(), "127.0.0.1"),
  DATABASE_URL: databaseUrl,
  ...kafkaEntries,
  PAYMENT_URL: v.optional(v.pipe(v.string(), v.url()), "http://127.0.0.1:8081"),
  PUBLIC_URL: v.optional(v.pipe(v.string(), v.url()), "http://localhost:8080"),
  TOSS_CLIENT_KEY: v.string(),
  TOSS_SECRET_KEY: v.optional(v.string()),
  TOSS_SDK_URL: v.optional(v.pipe(v.string(), v.url()), "https://js.tosspayments.com/v2/standard"),
  INTERNAL_API_KEY: secret,
  INTERNAL_API_KEYS_ACCEPTED: v.optional(v.pipe(list, v.array(secret)), ""),
  MERCHANT_API_KEY: secret,
  SESSION_SECRET: secret,
  SHOP_FILE: v.optional(v.string(), join(import.meta.dir, "../../shop.json")),
  PAYMENT_METHODS: v.optional(
    v.pipe(list, v.array(v.picklist(paymentMethods)), v.minLength(1)),
    "CARD,VIRTUAL_ACCOUNT,TRANSFER,MOBILE_PHONE,TOSSPAY",
  ),
  TRUSTED_PROXIES: v.optional(
    v.pipe(list, v.array(v.pipe(v.string(), v.check(isNetwork, "is no address or network")))),
    "",
  ),
  RATE_LIMIT_PER_MINUTE: v.optional(wholeNumber(0, 1_000_000), "60"),
  UNPAID_RETENTION_DAYS: v.optional(wholeNumber(1, 1_826), "30"),
  SWEEP_MS: durationMs(60_000, { min: 100 }),
  DEPOSIT_POLL_MS: durationMs(60_000, { min: 100 }),
  ORDER_TTL_MS: durationMs(2_700_000, { min: 1_000 }),
  CONFIRM_WAIT_MS: durationMs(8_000, { max: 55_000 }),
  GATHER_MAX: v.optional(wholeNumber(1, 5_000), "500"),
  DRAIN_MS: durationMs(5_000, { max: 600_000 }),
  LOG_LEVEL: logLevel,
});

/** The environment as the order service needs it. Throws ConfigError with every fault. */
export function readOrderConfig(env: Readonly<Record<string, string | undefined>>) {
  const read = readConfig(Environment, env, (given) => [
    ...checkTossKeys(given),
    ...unsafeSettings(given),
  ]);
  return {
    port: read.ORDER_PORT,
    hostname: read.ORDER_HOST,
    databaseUrl: read.DATABASE_URL,
    kafka: kafkaSettings(read, "payflow-order"),
    eventKeys: { current: read.INTERNAL_API_KEY, accepted: read.INTERNAL_API_KEYS_ACCEPTED },
    payments: {
      url: read.PAYMENT_URL,
      internalApiKey: read.INTERNAL_API_KEY,
      confirmWaitMs: read.CONFIRM_WAIT_MS,
    },
    publicUrl: new URL(read.PUBLIC_URL).origin,
    toss: { clientKey: read.TOSS_CLIENT_KEY, sdkUrl: read.TOSS_SDK_URL },
    merchantApiKey: read.MERCHANT_API_KEY,
    sessionSecret: read.SESSION_SECRET,
    shopFile: read.SHOP_FILE,
    paymentMethods: read.PAYMENT_METHODS,
    trustedProxies: read.TRUSTED_PROXIES,
    rateLimitPerMinute: read.RATE_LIMIT_PER_MINUTE,
    unpaidRetentionDays: read.UNPAID_RETENTION_DAYS,
    sweepMs: read.SWEEP_MS,
    depositPollMs: read.DEPOSIT_POLL_MS,
    orderTtlMs: read.ORDER_TTL_MS,
    gatherMax: read.GATHER_MAX,
    drainMs: read.DRAIN_MS,
    logLevel: read.LOG_LEVEL,
  };
}

export type OrderConfig = ReturnType<typeof readOrderConfig>;

function isNetwork(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  if (isIP(address) === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;
  try {
    new BlockList().addSubnet(address, Number(bits), isIP(address) === 6 ? "ipv6" : "ipv4");
    return /^\d+$/.test(bits);
  } catch {
    return false;
  }
}
