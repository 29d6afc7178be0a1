import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { runPayflow } from "@payflow/operate/testing";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let env: Record<string, string>;

beforeAll(async () => {
  stack = await testStack();
  env = {
    ...stack.kafka,
    ORDER_DATABASE_URL: stack.databases.order,
    PAYMENT_DATABASE_URL: stack.databases.payment,
    PUBLIC_URL: stack.url,
    PAYFLOW_API_KEY: stack.merchantKey,
  };
}, 600_000);
afterAll(() => stack.close());

type Row = Record<string, unknown>;
const one = async (words: string[], more = {}) =>
  (await runPayflow(words, { ...env, ...more })).json as Row;
const rows = async (...words: string[]) => (await runPayflow(words, env)).json as Row[];

test("keys create, list and revoke work by name, and the audit has the command line's user", async () => {
  const made = await one([
    "keys",
    "create",
    "이토스",
    "--role",
    "read",
    "--expires-on",
    "2099-12-31",
  ]);
  const { key, keyId } = made;
  expect(made).toMatchObject({
    key: expect.stringMatching(/^pf_[\w-]{43}$/),
    name: "이토스",
    role: "read",
    createdBy: expect.stringMatching(/^cli:./),
    expiresAt: "2099-12-31T15:00:00.000Z",
  });
  const [listed, ...others] = await rows("keys", "list");
  expect(listed).toMatchObject({ keyId, name: "이토스", revokedAt: null });
  expect(others).toEqual([]);
  const withKey = { PAYFLOW_API_KEY: String(key) };
  await expect(one(["keys", "list"], withKey)).rejects.toThrow("role_too_weak");
  await expect(one(["keys", "revoke", "박토스", "--yes"])).rejects.toThrow('no key "박토스"');
  const revoked = await one(["keys", "revoke", "이토스", "--yes"]);
  expect(revoked["revokedAt"]).toBeString();
  await expect(one(["keys", "list"], withKey)).rejects.toThrow("401");
  const audit = await rows("audit", "--limit", "2");
  expect(audit).toMatchObject([
    { action: "key.revoked", subject: "이토스", actor: expect.stringMatching(/^cli:./) },
    { action: "key.created", subject: "이토스", actor: expect.stringMatching(/^cli:./) },
  ]);
});

test("keys create rejects an invalid role or day before it calls the shop", async () => {
  await expect(one(["keys", "create", "x", "--role", "owner"])).rejects.toThrow("must be one of");
  const wrong = ["keys", "create", "x", "--role", "read", "--expires-on", "2026-02-30"];
  await expect(one(wrong)).rejects.toThrow("which is not a date");
});

test("orders cancel records the command line's user or the key as actor, with the reason", async () => {
  const shopper = shopperOf(stack);
  const closedBy = async (more: Record<string, string> = {}) => {
    const { orderId } = await shopper.place();
    await one(["orders", "cancel", orderId, "--reason", "품절", "--yes"], more);
    const { history } = (await one(["orders", "show", orderId])) as { history: Row[] };
    return history.find(({ cause }) => cause === "closePayment");
  };
  expect(await closedBy()).toMatchObject({
    actor: expect.stringMatching(/^cli:./),
    reason: "품절",
  });
  const { key } = await one(["keys", "create", "counter", "--role", "operate"]);
  expect(await closedBy({ PAYFLOW_API_KEY: String(key) })).toMatchObject({
    actor: "key:counter",
    reason: "품절",
  });
});
