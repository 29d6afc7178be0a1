import { expect, test } from "bun:test";
import { homedir } from "node:os";
import { join } from "node:path";
import { serviceEnvironment } from "./service_environment.ts";
import { readSettings, type Environment } from "./settings.ts";

const secrets = {
  merchantApiKey: "made-up-merchant-key",
  sessionSecret: "made-up-session-secret",
  internalApiKey: "made-up-internal-key",
  postgresPassword: "made-up-password",
};
const addresses = {
  orderDatabase: "postgres://127.0.0.1/order",
  paymentDatabase: "postgres://127.0.0.1/payment",
  brokers: "127.0.0.1:9092",
};
const environment = (service: "sandbox" | "payment" | "order", env: Environment) =>
  serviceEnvironment(service, {
    settings: readSettings(env, "/clone").settings,
    secrets,
    addresses,
    env,
  });

test("serviceEnvironment() lets the sandbox play Toss's widget with its own keys", () => {
  const env = { TOSS_CLIENT_KEY: "test_gck_sandbox", TOSS_SECRET_KEY: "test_gsk_sandbox" };
  for (const service of ["sandbox", "payment", "order"] as const)
    expect(environment(service, env)).toMatchObject({
      ...env,
      TOSS_API_URL: "http://127.0.0.1:9090",
    });
});

test("serviceEnvironment() gives each service its own database in any case", () => {
  const env = { DATABASE_URL: "postgres://db/anything" };
  expect(environment("order", env)["DATABASE_URL"]).toEndWith("/order");
  expect(environment("payment", env)["DATABASE_URL"]).toEndWith("/payment");
  expect(environment("sandbox", env)["DATABASE_URL"]).toBeUndefined();
});

test("serviceEnvironment() connects the parts of one stack, also on other ports", () => {
  const env = { ORDER_PORT: "1", PAYMENT_PORT: "2", TOSS_SANDBOX_PORT: "3" };
  expect(environment("order", env)).toMatchObject({
    PAYMENT_URL: "http://127.0.0.1:2",
    PUBLIC_URL: "http://localhost:1",
    TOSS_SDK_URL: "http://localhost:3/v2/standard",
    WEBHOOK_ALLOW_PRIVATE: "true",
    INTERNAL_API_KEY: secrets.internalApiKey,
  });
  expect(environment("payment", env)).toMatchObject({
    TOSS_API_URL: "http://127.0.0.1:3",
    INTERNAL_API_KEY: secrets.internalApiKey,
  });
  expect(environment("sandbox", env)).toMatchObject({
    TOSS_SANDBOX_WEBHOOK_URL: "http://127.0.0.1:1/webhooks/toss",
  });
});

test("serviceEnvironment() prefers given values to generated ones", () => {
  const env = { MERCHANT_API_KEY: "my own", LOG_LEVEL: "debug", SESSION_SECRET: "" };
  expect(environment("order", env)).toMatchObject({
    MERCHANT_API_KEY: "my own",
    LOG_LEVEL: "debug",
    SESSION_SECRET: secrets.sessionSecret,
  });
});

test("serviceEnvironment() passes absolute paths, with ~ replaced", () => {
  const env = { SHOP_FILE: "~/가게.json", TOSS_SANDBOX_DATABASE: "box.sqlite" };
  expect(environment("order", env)).toMatchObject({
    SHOP_FILE: join(homedir(), "가게.json"),
    TOSS_SANDBOX_DATABASE: "/clone/box.sqlite",
  });
  expect(environment("order", {})["SHOP_FILE"]).toBeUndefined();
  expect(environment("sandbox", {})["TOSS_SANDBOX_DATABASE"]).toBe(
    "/clone/.payflow/toss-sandbox.sqlite",
  );
});

test("serviceEnvironment() with keys of Toss's leaves Toss's addresses to the services", () => {
  const env = { TOSS_CLIENT_KEY: "test_ck_x", TOSS_SECRET_KEY: "test_sk_x" };
  expect(environment("payment", env)["TOSS_API_URL"]).toBeUndefined();
  expect(environment("order", env)["TOSS_SDK_URL"]).toBeUndefined();
  expect(environment("order", env)["WEBHOOK_ALLOW_PRIVATE"]).toBeUndefined();
});
