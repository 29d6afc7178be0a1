import { expect, test } from "bun:test";
import { freePort, UserError } from "@payflow/local-stack";
import { runPayflow } from "./testing/mod.ts";

test("a command says that no database responds, not where in the code it failed", async () => {
  const url = `postgres://postgres:hidden@127.0.0.1:${await freePort()}/shop`;
  const env = { ORDER_DATABASE_URL: url, PAYMENT_DATABASE_URL: url, KAFKA_BROKERS: "127.0.0.1:1" };
  const failure = await runPayflow(["money", "days"], env).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UserError);
  expect(String(failure)).toMatch(/does not respond \(.*ECONNREFUSED.*bun run doctor/);
  expect(String(failure)).not.toContain("hidden");
});

test.each([
  [{ PUBLIC_URL: "shop.example", PAYFLOW_API_KEY: "key" }, /PUBLIC_URL as https:/],
  [{ ORDER_PORT: "99999", PAYFLOW_API_KEY: "key" }, /localhost:99999.*which is none/],
  [{ PAYFLOW_API_KEY: "열쇠" }, /has characters that no key has/],
  [{ MERCHANT_API_KEY: "key\n" }, /has characters that no key has/],
])("a shop whose settings are %p can't be called, which is said", async (env, said) => {
  const failure = await runPayflow(["keys", "list"], env).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UserError);
  expect(String(failure)).toMatch(said);
});
