import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { Webhook } from "standardwebhooks";
import { eventually } from "@payflow/local-stack/testing";
import { runPayflow } from "@payflow/operate/testing";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let env: Record<string, string>;
let shop: Bun.Server<undefined>;
let status = 200;
const received: { headers: Record<string, string>; body: string }[] = [];

beforeAll(async () => {
  stack = await testStack({ order: { WEBHOOK_ALLOW_PRIVATE: "true" } });
  env = { ...stack.kafka, PUBLIC_URL: stack.url, PAYFLOW_API_KEY: stack.merchantKey };
  shop = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      received.push({ headers: Object.fromEntries(request.headers), body: await request.text() });
      return new Response("noted", { status });
    },
  });
}, 600_000);
afterAll(async () => {
  await shop.stop(true);
  await stack.close();
});

type Row = Record<string, unknown>;
const webhooks = async (...words: string[]) =>
  (await runPayflow(["webhooks", ...words], env)).json as Row;
const rows = async (...words: string[]) => (await webhooks(...words)) as unknown as Row[];
const typesOf = (orderId: string) =>
  received
    .filter(({ body }) => body.includes(orderId))
    .map(({ body }) => (JSON.parse(body) as { type: string }).type);

test("webhooks endpoints create adds an endpoint that receives an order's events, signed and in order", async () => {
  const url = `http://127.0.0.1:${shop.port}/hooks`;
  const made = await webhooks("endpoints", "create", url, "--description", "배송");
  const secret = String(made["secret"]);
  expect(made).toMatchObject({ url, description: "배송", eventTypes: null, disabledAt: null });
  const shopper = shopperOf(stack);
  const { orderId } = await shopper.pay();
  await eventually(() => expect(typesOf(orderId)).toContain("OrderConfirmed"));
  await shopper.refund(orderId, { reason: "변심" });
  const types = ["OrderCreated", "OrderConfirmed", "OrderRefunded"];
  await eventually(() => expect(typesOf(orderId)).toEqual(types));
  for (const { headers, body } of received) new Webhook(secret).verify(body, headers);
  const all = JSON.stringify(await rows("endpoints"));
  expect(all).toContain(url);
  expect(all).not.toContain(secret);
});

test("webhooks deliveries lists, show shows, and resend repeats one delivery or all since a time", async () => {
  const [{ endpointId } = {}] = await rows("endpoints", "list");
  const [last] = await rows("deliveries", "http://127.0.0.1", "--limit", "1");
  expect(last).toMatchObject({ eventType: "OrderRefunded", state: "delivered", lastStatus: 200 });
  const eventId = String(last?.["eventId"]);
  const shown = await webhooks("show", String(endpointId), eventId);
  expect(shown).toMatchObject({ eventId, log: [{ status: 200, response: "noted" }] });
  expect(received.map(({ body }) => body)).toContain(String(shown["body"]));
  const times = () => received.filter(({ headers }) => headers["webhook-id"] === eventId).length;
  const before = times();
  await webhooks("resend", String(endpointId), eventId);
  await eventually(() => expect(times()).toBe(before + 1));
  expect(
    await webhooks("resend", String(endpointId), "--since", "1h", "--undelivered-only"),
  ).toEqual({
    endpointId,
    resent: 0,
  });
  const all = await webhooks("resend", String(endpointId), "--since", "1h");
  expect(Number(all["resent"])).toBeGreaterThanOrEqual(3);
  await eventually(() => expect(times()).toBe(before + 2));
  await expect(webhooks("resend", String(endpointId))).rejects.toThrow("Give an EVENT_ID");
  const unknown = crypto.randomUUID();
  await expect(webhooks("show", String(endpointId), unknown)).rejects.toThrow("delivery_not_found");
});

test("webhooks rotate, change and remove work, and 410 turns an endpoint off", async () => {
  const [{ endpointId, url } = {}] = await rows("endpoints");
  const id = String(endpointId);
  const rotated = await webhooks("rotate", id, "--former-for-hours", "1");
  expect(rotated["formerSecretUntil"]).toBeString();
  const shopper = shopperOf(stack);
  const placed = async () => {
    const { orderId } = await shopper.place();
    await eventually(() => expect(typesOf(orderId)).toEqual(["OrderCreated"]));
    return received.find(({ body }) => body.includes(orderId));
  };
  const both = await placed();
  new Webhook(String(rotated["secret"])).verify(both?.body ?? "", both?.headers ?? {});
  expect(both?.headers["webhook-signature"]?.split(" ").length).toBe(2);
  status = 410;
  await placed();
  await eventually(async () =>
    expect((await rows("endpoints"))[0]).toMatchObject({ disabledReason: "gone" }),
  );
  status = 200;
  const changed = await webhooks("endpoints", "change", id, "--on", "--events", "OrderCreated");
  expect(changed).toMatchObject({ url, eventTypes: ["OrderCreated"], disabledAt: null });
  await placed();
  await expect(webhooks("endpoints", "change", id, "--on", "--off")).rejects.toThrow("exclude");
  await expect(webhooks("endpoints", "change", id, "--events", "OrderPaid")).rejects.toThrow(
    "unknown event OrderPaid",
  );
  await expect(webhooks("endpoints", "create", "ftp://shop.example")).rejects.toThrow("https://");
  await expect(webhooks("endpoints", "change", "nothing")).rejects.toThrow("no endpoint");
  await webhooks("endpoints", "remove", id, "--yes");
  expect(await rows("endpoints")).toEqual([]);
});
