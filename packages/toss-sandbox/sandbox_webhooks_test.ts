import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually, type Json, openTestSandbox } from "./sandbox_fixture.ts";

type Received = { headers: Headers; body: Json; text: string };

/** A shop that records webhooks; `status` gives the response status by call number. */
function openReceiver(status: (call: number) => number = () => 200) {
  const received: Received[] = [];
  const server = Bun.serve({
    port: 0,
    async fetch(request) {
      const text = await request.text();
      const body = JSON.parse(text) as Json;
      received.push({ headers: request.headers, body, text });
      return new Response("ok", { status: status(received.length) });
    },
  });
  return {
    received,
    url: server.url.href,
    count: (count: number) =>
      eventually(`${count} webhooks`, () => (received.length >= count ? received : undefined)),
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}

const header = (one: Received | undefined, name: string) =>
  one?.headers.get(`tosspayments-webhook-transmission-${name}`);

/** Retries after 0.1, 0.4 … 410 ms. */
const hurried = 0.1;

test("the webhook of an approval contains the whole payment", async () => {
  await using shop = openReceiver();
  await using toss = openTestSandbox({ webhookUrl: shop.url });
  const order = await toss.paid();
  const [event] = await shop.count(1);
  expect(event?.body).toEqual({
    createdAt: "2026-01-05T14:22:10.000000",
    eventType: "PAYMENT_STATUS_CHANGED",
    data: (await toss.get(order)).json,
  });
  expect(header(event, "id")).toMatch(/^whtrans_a01\w{26}$/);
  expect(header(event, "time")).toBe("2026-01-05T14:22:10+09:00");
  expect(header(event, "retried-count")).toBe("0");
  expect(event?.headers.get("content-type")).toBe("application/json");
});

test("a deposit sends PAYMENT_STATUS_CHANGED, and DEPOSIT_CALLBACK with the secret", async () => {
  await using shop = openReceiver();
  await using toss = openTestSandbox({ webhookUrl: shop.url });
  const order = await toss.paid({ method: "VIRTUAL_ACCOUNT" });
  await toss.post(`/_sandbox/payments/${order.paymentKey}/deposit`);
  const received = await shop.count(3);
  const { json } = await toss.get(order);
  const statuses = received
    .filter(({ body }) => body["eventType"] === "PAYMENT_STATUS_CHANGED")
    .map(({ body }) => body["data"].status as string);
  expect(statuses.toSorted()).toEqual(["DONE", "WAITING_FOR_DEPOSIT"]);
  const note = received.find(({ body }) => body["eventType"] === undefined);
  expect(note?.body).toEqual({
    createdAt: "2026-01-05T14:22:10.000000",
    secret: json["secret"],
    status: "DONE",
    transactionKey: json["lastTransactionKey"],
    orderId: order.orderId,
  });
});

test("READY and IN_PROGRESS send no webhook; declines, cancels and expiries do", async () => {
  await using shop = openReceiver();
  await using toss = openTestSandbox({ webhookUrl: shop.url });
  const declined = await toss.authenticated({}, { fault: "decline" });
  await toss.confirm(declined);
  await toss.cancel(await toss.paid());
  await toss.open();
  await toss.post("/_sandbox/clock", { advanceMs: 31 * 60_000 });
  const received = await shop.count(4);
  const statuses = received.map(({ body }) => body["data"].status as string);
  expect(statuses.toSorted()).toEqual(["ABORTED", "CANCELED", "DONE", "EXPIRED"]);
});

test("retries after any status but 200, with the same id and body", async () => {
  await using shop = openReceiver((call) => [500, 204, 301][call - 1] ?? 200);
  await using toss = openTestSandbox({ webhookUrl: shop.url, webhookRetryMinuteMs: hurried });
  await toss.paid();
  const received = await shop.count(4);
  expect(received.map((one) => header(one, "retried-count"))).toEqual(["0", "1", "2", "3"]);
  expect(new Set(received.map((one) => header(one, "id"))).size).toBe(1);
  expect(new Set(received.map((one) => one.text)).size).toBe(1);
  const delivered = await eventually("the end of the tries", async () => {
    const { json } = await toss.send("/_sandbox/webhooks");
    const [row] = json["webhooks"] as Json[];
    return row?.["state"] === "delivered" ? row : undefined;
  });
  expect(delivered).toMatchObject({ attempts: 4, lastStatus: 200 });
});

test("a webhook fails after seven retries and can be resent by hand", async () => {
  let isUp = false;
  await using shop = openReceiver(() => (isUp ? 200 : 503));
  await using toss = openTestSandbox({ webhookUrl: shop.url, webhookRetryMinuteMs: hurried });
  await toss.paid();
  const state = (wanted: string) =>
    eventually(wanted, async () => {
      const { json } = await toss.send("/_sandbox/webhooks");
      const [row] = json["webhooks"] as Json[];
      return row?.["state"] === wanted ? row : undefined;
    });
  const failed = await state("failed");
  expect(failed["attempts"]).toBe(8);
  expect(shop.received).toHaveLength(8);
  isUp = true;
  await toss.post(`/_sandbox/webhooks/${failed["id"]}/resend`);
  await state("delivered");
  expect((await toss.post("/_sandbox/webhooks/999/resend")).status).toBe(404);
});

test("drop suppresses webhooks until {} resets the switches", async () => {
  await using shop = openReceiver();
  await using toss = openTestSandbox({ webhookUrl: shop.url });
  await toss.post("/_sandbox/webhooks", { drop: true });
  await toss.paid();
  await toss.post("/_sandbox/webhooks", {});
  const paid = await toss.paid();
  const received = await shop.count(1);
  expect(received.map(({ body }) => body["data"].orderId)).toEqual([paid.orderId]);
  const { json } = await toss.send("/_sandbox/webhooks");
  expect((json["webhooks"] as Json[])[0]).toMatchObject({ state: "dropped" });
});

test("duplicate sends copies with the same id", async () => {
  await using shop = openReceiver();
  await using toss = openTestSandbox({ webhookUrl: shop.url });
  await toss.post("/_sandbox/webhooks", { duplicate: 2 });
  await toss.paid();
  const received = await shop.count(3);
  expect(new Set(received.map((one) => header(one, "id"))).size).toBe(1);
});

test("reorder sends a payment's later event before the earlier one", async () => {
  await using shop = openReceiver();
  await using toss = openTestSandbox({ webhookUrl: shop.url });
  await toss.post("/_sandbox/webhooks", { reorder: true });
  await toss.cancel(await toss.paid());
  const received = await shop.count(2);
  expect(received.map(({ body }) => body["data"].status)).toEqual(["CANCELED", "DONE"]);
});

test("accepts delayMs and rate, and rejects unknown switches", async () => {
  await using shop = openReceiver();
  await using toss = openTestSandbox({ webhookUrl: shop.url });
  await toss.post("/_sandbox/webhooks", { drop: true, rate: 0 });
  await toss.paid();
  await shop.count(1);
  await toss.post("/_sandbox/webhooks", { delayMs: 3_600_000 });
  await toss.paid();
  const { json } = await toss.send("/_sandbox/webhooks?after=1");
  const [delayed] = json["webhooks"] as Json[];
  expect(delayed).toMatchObject({ state: "pending", attempts: 0 });
  expect(delayed?.["nextAt"]).toBeGreaterThan(Date.now() + 3_000_000);
  expect((await toss.post("/_sandbox/webhooks", { lose: true })).status).toBe(400);
});

test("webhookDelayMs delays each event unless the switches override it", async () => {
  await using shop = openReceiver();
  const config = { webhookUrl: shop.url, webhookDelayMs: 3_600_000 };
  await using toss = openTestSandbox(config);
  await toss.paid();
  const { json } = await toss.send("/_sandbox/webhooks");
  const [held] = json["webhooks"] as Json[];
  expect(held).toMatchObject({ state: "pending", attempts: 0 });
  expect(held?.["nextAt"]).toBeGreaterThan(Date.now() + 3_000_000);
  await toss.post("/_sandbox/webhooks", { delayMs: 0 });
  const later = await toss.paid();
  const [sent] = await shop.count(1);
  expect(sent?.body["data"].paymentKey).toBe(later.paymentKey);
});

test("the queue survives a restart", async () => {
  const databasePath = join(tmpdir(), `toss-webhooks-${crypto.randomUUID()}.sqlite`);
  try {
    let isUp = false;
    await using shop = openReceiver(() => (isUp ? 200 : 500));
    const config = { databasePath, webhookUrl: shop.url, webhookRetryMinuteMs: 20 };
    const first = openTestSandbox(config);
    await first.paid();
    await shop.count(1);
    await first.sandbox.close();
    isUp = true;
    const seen = shop.received.length;
    await using second = openTestSandbox(config);
    await shop.count(seen + 1);
    expect((await second.audit())[0]).toMatchObject({ status: "DONE" });
  } finally {
    for (const end of ["", "-wal", "-shm"]) rmSync(databasePath + end, { force: true });
  }
});
