import { join } from "node:path";
import { localUrl } from "./hosts.ts";
import { pathSetting } from "@payflow/local-stack";
import type { Secrets } from "./secrets.ts";
import type { Environment, Settings } from "./settings.ts";

export type ServiceName = "sandbox" | "payment" | "order";

export type Addresses = {
  readonly orderDatabase: string;
  readonly paymentDatabase: string;
  readonly brokers: string;
};

/**
 * The environment of each service: everything given to the stack, and for the
 * rest the addresses and keys of this stack's parts.
 */
export function serviceEnvironment(
  service: ServiceName,
  stack: {
    readonly settings: Settings;
    readonly secrets: Secrets;
    readonly addresses: Addresses;
    readonly env: Environment;
  },
): Record<string, string | undefined> {
  const { settings, secrets, addresses, env } = stack;
  const { ports, hosts, browser, dataDir, root } = settings;
  const local = (name: ServiceName) => localUrl(hosts[name], ports[name]);
  const sandbox = {
    TOSS_CLIENT_KEY: "test_ck_sandbox",
    TOSS_SECRET_KEY: "test_sk_sandbox",
    TOSS_API_URL: local("sandbox"),
    TOSS_SDK_URL: `${browser.sandbox}/v2/standard`,
    TOSS_SANDBOX_WEBHOOK_URL: `${local("order")}/webhooks/toss`,
    // a developer's own webhook receiver runs on this machine
    WEBHOOK_ALLOW_PRIVATE: "true",
  };
  const defaults = {
    ...(settings.usesToss ? {} : sandbox),
    PAYMENT_URL: local("payment"),
    MERCHANT_API_KEY: secrets.merchantApiKey,
    SESSION_SECRET: secrets.sessionSecret,
    INTERNAL_API_KEY: secrets.internalApiKey,
    // no load balancer checks readiness here
    DRAIN_MS: "0",
  };
  const given = Object.entries(env).filter(([, value]) => value !== "");
  const database = {
    sandbox: undefined,
    order: addresses.orderDatabase,
    payment: addresses.paymentDatabase,
  }[service];
  return {
    ...defaults,
    ...Object.fromEntries(given),
    SHOP_FILE: pathSetting(env, "SHOP_FILE", root),
    TOSS_SANDBOX_DATABASE:
      pathSetting(env, "TOSS_SANDBOX_DATABASE", root) ?? join(dataDir, "toss-sandbox.sqlite"),
    PUBLIC_URL: browser.shop,
    TOSS_SANDBOX_URL: browser.sandbox,
    ORDER_HOST: hosts.order,
    PAYMENT_HOST: hosts.payment,
    TOSS_SANDBOX_HOST: hosts.sandbox,
    KAFKA_BROKERS: addresses.brokers,
    DATABASE_URL: database,
    ORDER_PORT: String(ports.order),
    PAYMENT_PORT: String(ports.payment),
    TOSS_SANDBOX_PORT: String(ports.sandbox),
  };
}
