import { expect, test } from "bun:test";
import specification from "@asyncapi/specs/schemas/3.0.0.json";
import { generatedPart, markdownTable } from "@payflow/local-stack/testing";
import { orderEventTypes, paymentEventTypes } from "@payflow/shared";
import Ajv from "ajv";
import { asyncDocument, occasions } from "./async_document.ts";

const document = JSON.parse(JSON.stringify(asyncDocument())) as ReturnType<typeof asyncDocument>;

test("asyncDocument() is AsyncAPI 3.0 by the specification's own schema", () => {
  // the schema contains its own copy of its draft, and formats that ajv does not know
  const ajv = new Ajv({
    strict: false,
    meta: false,
    validateSchema: false,
    validateFormats: false,
  });
  const validate = ajv.compile(specification);
  validate(document);
  expect(validate.errors ?? []).toEqual([]);
  const broken = { ...document, channels: { OrderCreated: { address: 1 } } };
  expect(validate(broken)).toBe(false);
  // compiling the specification takes a second on an idle processor
}, 600_000);

test("asyncDocument() has a channel, an operation, a message and a schema for every event", () => {
  const types = [...orderEventTypes, ...paymentEventTypes].sort();
  const { channels, operations, components } = document;
  for (const part of [channels, components.messages, components.schemas])
    expect(Object.keys(part).sort() as string[]).toEqual(types);
  expect(Object.keys(operations).sort()).toEqual(types.map((type) => `publish${type}`));
});

test("asyncDocument() has no dangling reference", () => {
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)];
  expect(refs.length).toBeGreaterThan(20);
  for (const [, path = ""] of refs) {
    const parts = path.split("/");
    const found = parts.reduce<unknown>((node, key) => (node as never)?.[key], document);
    expect(found, path).toBeDefined();
  }
});

test("docs/events.md lists the topics", async () => {
  const rows = Object.entries(occasions).map(([type, occasion]) => {
    const service = type.startsWith("Order") ? "order" : "payment";
    const reader = service === "payment" ? "order" : type === "OrderCreated" ? "payment" : "you";
    return [`\`${type}\``, service, occasion, reader];
  });
  const content = markdownTable(["topic", "from", "when", "read by"], rows);
  expect(await generatedPart({ document: "events.md", name: "topics", content })).toBe(content);
});
