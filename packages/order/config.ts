import { BlockList, isIP } from "node:net";
import { join } from "node:path";
import * as v from "valibot";
import {
  checkTossKeys,
  durationMs,
  list,
  port,
  readConfig,
  secret,
  serviceEntries,
  serviceSettings,
  unsafeSettings,
  wholeNumber,
} from "@payflow/shared/http";
import { paymentMethods } from "@payflow/ui";

const Environment = v.object({
  ...serviceEntries,
  ORDER_PORT: port(8080),
  ORDER_HOST: v.optional(v.string(), "127.0.0.1"),
  PAYMENT_URL: v.optional(v.pipe(v.string(), v.url()), "http://127.0.0.1:8081"),
  PUBLIC_URL: v.optional(v.pipe(v.string(), v.url()), "http://localhost:8080"),
  TOSS_CLIENT_KEY: v.string(),
  TOSS_SECRET_KEY: v.optional(v.string()),
  TOSS_SDK_URL: v.optional(v.pipe(v.string(), v.url()), "https://js.tosspayments.com/v2/standard"),
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
});

/** The environment as the order service needs it. Throws ConfigError with every fault. */
export function readOrderConfig(env: Readonly<Record<string, string | undefined>>) {
  const read = readConfig(Environment, env, (given) => [
    ...checkTossKeys(given),
    ...unsafeSettings(given),
  ]);
  return {
    ...serviceSettings(read, "order"),
    port: read.ORDER_PORT,
    hostname: read.ORDER_HOST,
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
