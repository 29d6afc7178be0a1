import { createHmac } from "node:crypto";
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { eventually } from "@payflow/local-stack/testing";
import { runPayflow } from "@payflow/operate/testing";
import { connectKafka } from "@payflow/outbox";
import { readKafkaSettings, silentLog } from "@payflow/shared/http";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let shopper: ReturnType<typeof shopperOf>;
let env: Record<string, string>;

beforeAll(async () => {
  stack = await testStack();
  shopper = shopperOf(stack);
  env = { ...stack.kafka };
}, 600_000);
afterAll(() => stack.close());

type Row = Record<string, unknown>;
const linesOf = (printed: string) =>
  printed
    .trimEnd()
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);

/** Consumer groups that a command left behind. */
async function groupsLeft(): Promise<string[]> {
  const settings = readKafkaSettings(stack.kafka as Record<string, string>, "test");
  const admin = connectKafka(settings, silentLog).admin();
  await admin.connect();
  const { groups } = await admin.listGroups();
  await admin.disconnect();
  const prefix = `${stack.kafka["KAFKA_PREFIX"]}payflow-look`;
  return groups.map(({ groupId }) => groupId).filter((id) => id.startsWith(prefix));
}

test("topics list shows the numbers of messages, and topics lag each consumer group's lag", async () => {
  await shopper.pay();
  await eventually(async () => {
    const { json } = await runPayflow(["topics", "list"], env);
    expect(json).toContainEqual({ topic: "OrderCreated", partitions: 1, messages: 1 });
  });
  await eventually(async () => {
    const { json } = await runPayflow(["topics", "lag"], env);
    expect(json).toContainEqual({ group: "payment", topic: "OrderCreated", messages: 1, lag: 0 });
    expect(json).toContainEqual({ group: "order", topic: "PaymentConfirmed", messages: 1, lag: 0 });
  });
});

test("topics tail shows a topic's messages from its beginning, by key, and live", async () => {
  const orders = [await shopper.place(), await shopper.place()];
  const tail = async (...words: string[]) =>
    (await runPayflow(["topics", "tail", "OrderCreated", ...words], env)).printed;
  const whole = linesOf(await tail("--from-beginning", "--max", "3", "--json"));
  expect(whole.map(({ key }) => key)).toContain(orders[1]?.orderId);
  expect(whole[0]).toMatchObject({
    topic: "OrderCreated",
    partition: 0,
    offset: "0",
    headers: { ce_type: "OrderCreated" },
    value: { eventType: "OrderCreated" },
  });
  const key = String(orders[0]?.orderId);
  const byKey = await tail("--since", "1h", "--key", key, "--max", "1");
  expect(byKey).toMatch(new RegExp(`^20\\S+Z  0:\\d+  ${key}  \\{.*\\}\\n$`));
  let isShown = false;
  const live = tail("--max", "1", "--json").finally(() => (isShown = true));
  // places orders until one comes after the start of the reading
  await eventually(async () => {
    await shopper.place();
    return isShown;
  });
  expect(linesOf(await live)).toHaveLength(1);
  const values = await runPayflow(
    ["kafka", "consume", "OrderCreated", "--from-beginning", "--max", "1"],
    env,
  );
  expect(JSON.parse(values.printed)).toMatchObject({ eventType: "OrderCreated" });
  await expect(tail("--from-beginning", "--since", "1h")).rejects.toThrow("exclude each other");
  await expect(runPayflow(["topics", "tail", "OrderCreate"], env)).rejects.toThrow(
    "There is no topic OrderCreate. Did you mean OrderCreated?",
  );
  expect(await groupsLeft()).toEqual([]);
});

type Received = { readonly headers: Headers; readonly body: string };

/** A developer's server that responds with these statuses, and then always with the last one. */
function receiver(...statuses: number[]) {
  const received: Received[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      received.push({ headers: request.headers, body: await request.text() });
      const status = statuses[Math.min(received.length, statuses.length) - 1] ?? 200;
      return new Response(`answer ${received.length}`, { status });
    },
  });
  return { received, server, url: `127.0.0.1:${server.port}/hooks` };
}

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

test("listen forwards each event once, signed, and continues after a failure", async () => {
  const { received, server, url } = receiver(500, 200);
  const stop = new AbortController();
  const words = ["listen", "--forward-to", url, "--secret", secret, "--since", "1h", "--json"];
  const events = ["--events", "OrderCreated,OrderConfirmed"];
  const listening = runPayflow([...words, ...events], env, stop.signal);
  const { orderId } = await shopper.pay();
  const confirmed = () =>
    received.some(({ body }) => body.includes(orderId) && body.includes('"OrderConfirmed"'));
  await eventually(() => expect(confirmed()).toBe(true), { timeoutMs: 60_000 });
  stop.abort();
  const { printed, exitCode } = await listening;
  expect(exitCode).toBe(0);
  for (const { headers, body } of received) {
    const [id, timestamp] = [headers.get("webhook-id"), headers.get("webhook-timestamp")];
    const key = Buffer.from(secret.slice("whsec_".length), "base64");
    const mac = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
    expect(headers.get("webhook-signature")).toBe(`v1,${mac}`);
    expect(JSON.parse(body)).toEqual({
      type: expect.stringMatching(/^Order(Created|Confirmed)$/),
      timestamp: expect.stringMatching(/Z$/),
      data: expect.objectContaining({ amount: expect.any(Number) }),
    });
    expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(300);
  }
  const ids = received.map(({ headers }) => headers.get("webhook-id"));
  expect(new Set(ids).size).toBe(ids.length);
  const lines = linesOf(printed);
  expect(lines.map(({ eventId }) => eventId as string)).toEqual(ids as string[]);
  expect(lines.map(({ delivery }) => (delivery as Row)["status"])).toEqual([
    500,
    ...lines.slice(1).map(() => 200),
  ]);
  expect(lines.at(-1)).toMatchObject({
    event: { eventType: expect.stringMatching(/^Order(Created|Confirmed)$/) },
    delivery: { status: 200, error: null, response: expect.stringMatching(/^answer \d+$/) },
  });
  await server.stop(true);
  expect(await groupsLeft()).toEqual([]);
});

test("listen shows a message that is no event, and continues", async () => {
  const settings = readKafkaSettings(stack.kafka as Record<string, string>, "test");
  const producer = connectKafka(settings, silentLog).producer();
  await producer.connect();
  // no service reads this topic
  const topic = `${stack.kafka["KAFKA_PREFIX"]}OrderExpired`;
  await producer.send({ topic, messages: [{ value: "no event" }] });
  await producer.send({ topic, messages: [{ value: '{"eventType":"OrderExpired"}' }] });
  await producer.disconnect();
  const { received, server, url } = receiver(200);
  const stop = new AbortController();
  const words = ["listen", "--forward-to", url, "--since", "1h", "--events", "OrderExpired"];
  const listening = runPayflow([...words, "--json"], env, stop.signal);
  await eventually(() => expect(received).toHaveLength(1), { timeoutMs: 60_000 });
  stop.abort();
  const [bad, good] = linesOf((await listening).printed);
  await server.stop(true);
  expect(bad).toMatchObject({ event: "no event", delivery: { status: null } });
  expect(good).toMatchObject({ event: { eventType: "OrderExpired" }, delivery: { status: 200 } });
});

test("listen reports an unreachable receiver, and ends on Ctrl-C", async () => {
  await shopper.place();
  // another topic has a message that is no event
  const to = ["--forward-to", "127.0.0.1:1"];
  const words = ["listen", ...to, "--since", "1h", "--events", "OrderCreated"];
  const listening = Bun.spawn([process.execPath, "packages/operate/main.ts", ...words], {
    cwd: `${import.meta.dir}/..`,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let shown = "";
  const decoder = new TextDecoder();
  let isInterrupted = false;
  for await (const chunk of listening.stdout) {
    shown += decoder.decode(chunk);
    // a second SIGINT would end it at once
    if (isInterrupted || !shown.includes("\n")) continue;
    isInterrupted = true;
    listening.kill("SIGINT");
  }
  expect(await listening.exited).toBe(0);
  expect(shown).toMatch(/^20\S+Z {2}Order\w+ +[0-9a-f-]{36} {2}→ failed: \w+/);
  const notes = await new Response(listening.stderr).text();
  expect(notes).toMatch(/Forwarding to http:\/\/127.0.0.1:1\/. Signing secret: whsec_\S{32}\n/);
  expect(notes).toMatch(/\d+ events?\.\n$/);
  expect(await groupsLeft()).toEqual([]);
});

test.each([
  [["--events", "OrderConfirmd"], "Did you mean OrderConfirmed?"],
  [["--events", "PaymentConfirmed"], "unknown event PaymentConfirmed"],
  [["--forward-to", "http://"], "which is not a URL"],
  [["--forward-to", "ftp://localhost/hooks"], "which is not a URL"],
  [["--secret", "mine"], "--secret is not a secret of Standard Webhooks"],
  [["--since", "soon"], "which is not a time"],
] as const)("listen %j is rejected", async (words, reason) => {
  await expect(runPayflow(["listen", ...words], env)).rejects.toThrow(reason);
});
