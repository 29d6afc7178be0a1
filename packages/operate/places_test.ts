import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, UserError } from "@payflow/local-stack";
import { diagnose } from "./doctor.ts";
import { runPayflow } from "./testing/mod.ts";

test("a command reports an unavailable database without a stack trace", async () => {
  const url = `postgres://postgres:hidden@127.0.0.1:${await freePort()}/shop`;
  const env = { ORDER_DATABASE_URL: url, PAYMENT_DATABASE_URL: url, KAFKA_BROKERS: "127.0.0.1:1" };
  const failure = await runPayflow(["money", "days"], env).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UserError);
  expect(String(failure)).toMatch(/does not respond \(.*ECONNREFUSED.*bun run doctor/);
  expect(String(failure)).not.toContain("hidden");
});

test("doctor reports that a stack was killed whose stack.json is left", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "payflow-killed-"));
  const url = `postgres://127.0.0.1:${await freePort()}/shop`;
  const addresses = { orderDatabase: url, paymentDatabase: url, brokers: "127.0.0.1:1" };
  writeFileSync(join(dataDir, "stack.json"), JSON.stringify(addresses));
  const findings = await diagnose({ env: {}, dataDir, root: dataDir });
  rmSync(dataDir, { recursive: true });
  expect(findings).toContainEqual(expect.objectContaining({ says: "was killed, not stopped" }));
});

test.each([
  [{ PUBLIC_URL: "shop.example", PAYFLOW_API_KEY: "key" }, /PUBLIC_URL is "shop.example".*https:/],
  [{ ORDER_PORT: "99999", PAYFLOW_API_KEY: "key" }, /localhost:99999.*which is not a URL/],
  [{ PAYFLOW_API_KEY: "열쇠" }, /has invalid characters/],
  [{ MERCHANT_API_KEY: "key\n" }, /has invalid characters/],
  [{ MERCHANT_API_KEY_FILE: "/nowhere" }, /MERCHANT_API_KEY_FILE: the file can't be read/],
])("reports why a shop with the settings %p can't be called", async (env, expected) => {
  const failure = await runPayflow(["keys", "list"], env).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UserError);
  expect(String(failure)).toMatch(expected);
});

test.each([
  ["money days", { PAYMENT_DATABASE_URL: "db:hidden" }, /UserError: PAYMENT_DATABASE_URL must be/],
  ["db order 1", { ORDER_DATABASE_URL: "db:hidden" }, /UserError: ORDER_DATABASE_URL must be/],
  ["db order 1", { ORDER_DATABASE_URL_FILE: "/nowhere" }, /UserError: .*\n.*_FILE: the file can't/],
  ["topics list", { KAFKA_SASL_USERNAME: "me" }, /UserError: KAFKA_SASL_.* go together/],
])("%s reports the invalid setting in %p", async (words, wrong, expected) => {
  const url = "postgres://127.0.0.1/shop";
  const env = { ORDER_DATABASE_URL: url, PAYMENT_DATABASE_URL: url, KAFKA_BROKERS: "127.0.0.1:1" };
  const given = { ...env, ...wrong };
  if ("ORDER_DATABASE_URL_FILE" in wrong) given.ORDER_DATABASE_URL = "";
  const failure = await runPayflow(words.split(" "), given).catch((error: unknown) => error);
  expect(String(failure)).toMatch(expected);
  expect(String(failure)).not.toContain("hidden");
});

test.each([
  [() => new Response("<html>"), /not PayFlow's order service \(HTTP 200\)/],
  [() => Response.redirect("/elsewhere", 301), /HTTP 301, a redirect to .*elsewhere/],
])("reports a server that is not PayFlow, and calls it only once", async (answer, expected) => {
  const calls: string[] = [];
  const fetch = (request: Request) => (calls.push(request.method), answer());
  await using server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch });
  const url = server.url.href;
  const env = { PUBLIC_URL: url, TOSS_SANDBOX_URL: url, PAYFLOW_API_KEY: "key" };
  const failure = async (words: string) =>
    String(await runPayflow(words.split(" "), env).catch((error: unknown) => error));
  expect(await failure("erase kim@example.com --yes")).toMatch(expected);
  expect(calls).toEqual(["POST"]);
  expect(await failure("sandbox status")).toMatch(/UserError: (The server at|No sandbox)/);
});
