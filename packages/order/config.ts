import { join } from "node:path";
import * as v from "valibot";
import {
  checkTossKeys,
  durationMs,
  flag,
  kafkaSettings,
  list,
  network,
  port,
  readSettings,
  secret,
  serviceSettings,
  unsafeSettings,
  url,
  wholeNumber,
  type Environment,
} from "@payflow/shared/http";
import { escrowSettings, paymentMethods } from "@payflow/ui";

/** An origin to which shoppers may be sent: https, or http on this machine. */
const returnOrigin = v.pipe(
  v.string(),
  v.check(isReturnOrigin, "must be an origin as https://shop.example"),
  v.transform(originOf),
);

/** An address, or a name and an address: `상점 <help@shop.kr>`. */
const mailFrom = v.pipe(
  v.string(),
  v.regex(
    /^(?:[^<>"\p{Cc}]{1,60} )?<?[^\s<>@]+@[^\s<>@]+>?$/u,
    "must be an address, or NAME <ADDRESS>",
  ),
);

const settings = {
  ...serviceSettings,
  port: ["ORDER_PORT", port(8080)],
  hostname: ["ORDER_HOST", v.optional(v.string(), "127.0.0.1")],
  paymentUrl: ["PAYMENT_URL", url("http://127.0.0.1:8081")],
  publicUrl: ["PUBLIC_URL", v.pipe(url("http://localhost:8080"), v.transform(originOf))],
  toss: {
    clientKey: ["TOSS_CLIENT_KEY", v.string()],
    sdkUrl: ["TOSS_SDK_URL", url("https://js.tosspayments.com/v2/standard")],
  },
  merchantApiKey: ["MERCHANT_API_KEY", secret],
  sessionSecret: ["SESSION_SECRET", secret],
  shopFile: ["SHOP_FILE", v.optional(v.string(), join(import.meta.dir, "../../shop.json"))],
  paymentMethods: [
    "PAYMENT_METHODS",
    v.optional(
      v.pipe(list, v.array(v.picklist(paymentMethods)), v.minLength(1)),
      "CARD,VIRTUAL_ACCOUNT,TRANSFER,MOBILE_PHONE,TOSSPAY",
    ),
  ],
  escrow: ["ESCROW", v.optional(v.picklist(escrowSettings), "off")],
  returnOrigins: ["RETURN_ORIGINS", v.optional(v.pipe(list, v.array(returnOrigin)), "")],
  trustedProxies: ["TRUSTED_PROXIES", v.optional(v.pipe(list, v.array(network)), "")],
  rateLimitPerMinute: ["RATE_LIMIT_PER_MINUTE", v.optional(wholeNumber(0, 1_000_000), "60")],
  unpaidRetentionDays: ["UNPAID_RETENTION_DAYS", v.optional(wholeNumber(1, 1_826), "30")],
  sweepMs: ["SWEEP_MS", durationMs(60_000, { min: 100 })],
  mail: {
    /** Undefined: mails are stored, but not sent. */
    smtpUrl: [
      "SMTP_URL",
      v.optional(v.pipe(v.string(), v.regex(/^smtps?:\/\/[^/\s]+/, "must be smtp:// or smtps://"))),
    ],
    from: ["MAIL_FROM", v.optional(mailFrom)],
  },
  depositPollMs: ["DEPOSIT_POLL_MS", durationMs(60_000, { min: 100 })],
  webhookAllowPrivate: ["WEBHOOK_ALLOW_PRIVATE", v.optional(flag, "false")],
  orderTtlMs: ["ORDER_TTL_MS", durationMs(2_700_000, { min: 1_000 })],
} as const;

/** Reads the order service's settings from the environment. Throws ConfigError that lists every fault. */
export function readOrderConfig(env: Environment) {
  const findFaults = (given: Environment) => [
    ...checkTossKeys(given),
    ...unsafeSettings(given),
    ...(Boolean(given["SMTP_URL"]) === Boolean(given["MAIL_FROM"])
      ? []
      : ["SMTP_URL and MAIL_FROM go together: set both or none"]),
  ];
  const config = readSettings(settings, env, findFaults);
  return { ...config, kafka: kafkaSettings(config.kafka, "payflow-order") };
}

export type OrderConfig = ReturnType<typeof readOrderConfig>;

/** True for scheme, host and port without anything else. */
function isReturnOrigin(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.href !== `${url.origin}/` || /[\s\\*]/.test(text)) return false;
  const isLocal = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  return url.protocol === "https:" || (url.protocol === "http:" && isLocal);
}

function originOf(address: string): string {
  return new URL(address).origin;
}
