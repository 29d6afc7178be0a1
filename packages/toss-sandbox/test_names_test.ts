import { expect, test } from "bun:test";
import { eventually, type Json, openTestSandbox } from "./sandbox_fixture.ts";
import { testNames } from "./test_names.ts";

const lost = "the connection was dropped";

/** The response's status with the error code or the payment's status. */
async function answer(call: Promise<{ status: number; json: Json }>): Promise<string> {
  try {
    const { status, json } = await call;
    return `${status} ${json["code"] ?? json["status"]}`;
  } catch {
    return lost;
  }
}

const named = (customerName: string) => ({ customerName });

test.each([
  ["decline", ["403 REJECT_CARD_PAYMENT", "400 ALREADY_PROCESSED_PAYMENT"], "ABORTED"],
  [
    "decline:REJECT_CARD_COMPANY",
    ["403 REJECT_CARD_COMPANY", "400 ALREADY_PROCESSED_PAYMENT"],
    "ABORTED",
  ],
  ["lose_response", [lost, "400 ALREADY_PROCESSED_PAYMENT"], "DONE"],
  [
    "error_after",
    ["500 FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING", "400 ALREADY_PROCESSED_PAYMENT"],
    "DONE",
  ],
  ["error_before:PROVIDER_ERROR", ["400 PROVIDER_ERROR", "200 DONE"], "DONE"],
] as const)("sandbox:%s applies to the first confirm only", async (name, answers, status) => {
  await using toss = openTestSandbox();
  const order = await toss.authenticated(named(`sandbox:${name}`));
  expect([await answer(toss.confirm(order)), await answer(toss.confirm(order))]).toEqual([
    ...answers,
  ]);
  expect((await toss.get(order)).json["status"]).toBe(status);
});

test("sandbox:delay:MS delays the confirm by MS milliseconds", async () => {
  await using toss = openTestSandbox();
  const order = await toss.authenticated(named("sandbox:delay:60"));
  const confirming = toss.confirm(order);
  expect((await toss.get(order)).json["status"]).toBe("IN_PROGRESS");
  expect((await confirming).json["status"]).toBe("DONE");
});

test.each([
  ["cancel.decline", "400 REFUND_REJECTED", "DONE"],
  ["cancel.decline:NOT_CANCELABLE_PAYMENT", "403 NOT_CANCELABLE_PAYMENT", "DONE"],
  ["cancel.lose_response", lost, "CANCELED"],
  ["cancel.error_after", "500 FAILED_INTERNAL_SYSTEM_PROCESSING", "CANCELED"],
  ["cancel.error_before", "500 FAILED_INTERNAL_SYSTEM_PROCESSING", "DONE"],
] as const)("sandbox:%s applies to the first refund only", async (name, first, status) => {
  await using toss = openTestSandbox();
  const order = await toss.paid(named(`sandbox:${name} 김토스`));
  expect(await answer(toss.cancel(order))).toBe(first);
  expect((await toss.get(order)).json["status"]).toBe(status);
  const again = status === "DONE" ? "200 CANCELED" : "400 ALREADY_CANCELED_PAYMENT";
  expect(await answer(toss.cancel(order))).toBe(again);
});

test.each([
  ["find.not_found", "404 NOT_FOUND_PAYMENT"],
  ["find.stale", "200 IN_PROGRESS"],
  ["find.error_before:PROVIDER_ERROR", "400 PROVIDER_ERROR"],
])("sandbox:%s applies to the first query only", async (name, first) => {
  await using toss = openTestSandbox();
  const order = await toss.paid(named(`sandbox:${name}`));
  expect(await answer(toss.get(order))).toBe(first);
  expect(await answer(toss.get(order))).toBe("200 DONE");
});

test.each([
  ["window.fail", "PAY_PROCESS_ABORTED"],
  ["window.fail:REJECT_CARD_COMPANY", "REJECT_CARD_COMPANY"],
])("sandbox:%s declines the buyer in the window", async (name, code) => {
  await using toss = openTestSandbox();
  const { paymentKey } = await toss.open(named(`sandbox:${name}`));
  const { json } = await toss.post(`/_sandbox/sessions/${paymentKey}/authenticate`);
  expect(new URL(json["redirectUrl"] as string).searchParams.get("code")).toBe(code);
  expect((await toss.get({ paymentKey })).json["status"]).toBe("ABORTED");
});

test("sandbox:webhook.… applies to all webhooks of its payment and no others", async () => {
  const received: string[] = [];
  using shop = Bun.serve({
    port: 0,
    async fetch(request) {
      received.push(((await request.json()) as Json)["data"].orderName as string);
      return new Response();
    },
  });
  await using toss = openTestSandbox({ webhookUrl: shop.url.href });
  const names = ["drop", "duplicate", "duplicate:2", "delay:3600000", "reorder"];
  for (const name of names) await toss.paid({ orderName: `sandbox:webhook.${name}` });
  await toss.paid();
  const counts = await eventually("seven webhooks", () =>
    received.length < 7 ? undefined : Object.groupBy(received, (name) => name),
  );
  expect(counts["sandbox:webhook.duplicate"]).toHaveLength(2);
  expect(counts["sandbox:webhook.duplicate:2"]).toHaveLength(3);
  expect(counts["sandbox:webhook.drop"]).toBeUndefined();
  expect(counts["sandbox:webhook.delay:3600000"]).toBeUndefined();
  expect(counts["책상"]).toHaveLength(1);
});

test("all parts of a name apply", async () => {
  await using toss = openTestSandbox();
  const order = await toss.authenticated(named("sandbox:lose_response,find.not_found"));
  expect(await answer(toss.confirm(order))).toBe(lost);
  expect(await answer(toss.get(order))).toBe("404 NOT_FOUND_PAYMENT");
  expect(await answer(toss.get(order))).toBe("200 DONE");
});

test("the buyer's choice in the window precedes the name", async () => {
  await using toss = openTestSandbox();
  const order = await toss.authenticated(named("sandbox:decline"), { fault: "error_before" });
  expect(await answer(toss.confirm(order))).toStartWith("500");
  expect(await answer(toss.confirm(order))).toBe("200 DONE");
});

test.each([
  "",
  "declined",
  "cancel.stale",
  "find.decline",
  "window.close",
  "delay",
  "decline:NO_CODE",
  "webhook.drop:1",
  "decline,nothing",
])("sandbox:%s is unknown, so the session is rejected", async (name) => {
  await using toss = openTestSandbox();
  const { status, json } = await toss.post("/_sandbox/sessions", {
    clientKey: "test_ck_sandbox",
    method: "CARD",
    amount: { currency: "KRW", value: 1_000 },
    orderId: "order-0001",
    orderName: `sandbox:${name}`,
  });
  expect([status, json["code"]]).toEqual([400, "UNKNOWN_TEST_NAME"]);
});

test("a name that does not start with the prefix has no effect", async () => {
  await using toss = openTestSandbox();
  const order = await toss.authenticated({
    orderName: "My sandbox:decline",
    customerName: "sandbox",
  });
  expect(await answer(toss.confirm(order))).toBe("200 DONE");
});

test("every listed test name opens a session", async () => {
  await using toss = openTestSandbox();
  expect(testNames.length).toBeGreaterThan(10);
  for (const { name } of testNames) {
    expect([name, (await toss.open(named(name))).paymentKey]).toEqual([name, expect.any(String)]);
  }
});
