import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { eventually } from "@payflow/local-stack/testing";
import { connectKafka } from "@payflow/outbox";
import { silentLog } from "@payflow/shared/http";
import Ajv, { type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

type Document = {
  readonly channels: Readonly<Record<string, { readonly address: string }>>;
  readonly components: {
    readonly messages: Readonly<Record<string, { headers: object; bindings: { kafka: Kafka } }>>;
    readonly schemas: Readonly<Record<string, { readonly $id: string }>>;
  };
};
type Kafka = { readonly key: object };
type Message = { readonly topic: string; key: string; headers: object; value: { orderId: string } };

let stack: TestStack;

beforeAll(async () => {
  stack = await testStack();
}, 600_000);
afterAll(() => stack.close());

/** Pays, refunds, cancels and gets declined, so that most event types are published. */
async function publishEvents(): Promise<void> {
  const shopper = shopperOf(stack);
  const paid = await shopper.pay();
  await shopper.refund(paid.orderId, { reason: "no reason", amount: 100 });
  const left = await shopper.place();
  await shopper.cancel(left.orderId);
  const waiting = await shopper.place();
  const account = await shopper.authenticate(waiting, { method: "VIRTUAL_ACCOUNT" });
  await shopper.confirm(account);
  const declined = await shopper.place();
  const confirm = { fault: "decline", code: "REJECT_CARD_PAYMENT" };
  await shopper.confirm(await shopper.authenticate(declined, { confirm }));
}

test("real messages match /asyncapi.json", async () => {
  const document = (await (await fetch(`${stack.url}/asyncapi.json`)).json()) as Document;
  const { messages, schemas } = document.components;
  const ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
  const held = new Map<string, readonly [string, ValidateFunction][]>();
  for (const [type, { address }] of Object.entries(document.channels)) {
    const { headers, bindings } = messages[type] as (typeof messages)[string];
    held.set(address, [
      ["headers", ajv.compile(headers)],
      ["key", ajv.compile(bindings.kafka.key)],
      ["value", ajv.compile(schemas[type] as object)],
    ]);
  }

  const prefix = stack.kafka["KAFKA_PREFIX"] ?? "";
  const brokers = (stack.kafka["KAFKA_BROKERS"] ?? "").split(",");
  const kafka = connectKafka({ brokers, clientId: "reader" }, silentLog);
  const consumer = kafka.consumer({ groupId: `${prefix}async-document` });
  const read: Message[] = [];
  await publishEvents();
  await consumer.connect();
  try {
    const topics = [...held.keys()].map((topic) => prefix + topic);
    // the services create the topics after they have started
    await eventually(() => consumer.subscribe({ topics, fromBeginning: true }));
    await consumer.run({
      async eachMessage({ topic, message: { key, value, headers = {} } }) {
        const texts = Object.entries(headers).map(([name, text]) => [name, String(text)]);
        read.push({
          topic: topic.slice(prefix.length),
          key: String(key),
          headers: Object.fromEntries(texts),
          value: JSON.parse(String(value)),
        });
      },
    });
    const expected = [
      ...["OrderCreated", "OrderConfirmed", "OrderRefunded", "OrderCanceled", "PaymentConfirmed"],
      ...["PaymentDeclined", "PaymentAwaitingDeposit", "PaymentCanceled"],
    ];
    await eventually(
      () => {
        const types = new Set(read.map(({ topic }) => topic));
        expect(expected.filter((type) => !types.has(type))).toEqual([]);
      },
      { timeoutMs: 120_000 },
    );
  } finally {
    await consumer.disconnect();
  }

  for (const message of read) {
    for (const [part, validate] of held.get(message.topic) ?? []) {
      validate(message[part as "headers"]);
      expect(validate.errors ?? [], `${message.topic}: ${part}`).toEqual([]);
    }
    const { $id } = schemas[message.topic] as { $id: string };
    const { key, headers, value } = message;
    expect(headers).toMatchObject({ ce_subject: key, ce_dataschema: $id });
    expect(value.orderId).toBe(key);
  }
  // the schema must also reject an invalid message
  const taken = ajv.compile({ ...schemas["OrderCreated"], $id: "again" });
  const created = read.find(({ topic }) => topic === "OrderCreated")?.value;
  expect([taken(created), taken({ ...created, amount: -1 })]).toEqual([true, false]);
});
