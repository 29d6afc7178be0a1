import { describe, expect, test } from "bun:test";
import { schemaReader } from "./schema_reader.ts";

const reader = schemaReader({
  components: {
    schemas: {
      Line: {
        type: "object",
        properties: {
          name: { type: "string", maxLength: 5, examples: ["Mug"] },
          quantity: { type: "integer", minimum: 1, maximum: 99 },
        },
        required: ["name"],
      },
      Cart: { type: "object", properties: { id: { type: "string", format: "uuid" } } },
    },
  },
});
const line = { $ref: "#/components/schemas/Line" };

describe("schemaReader()", () => {
  test("lists fields with their paths, types and rules, through references, lists and null", () => {
    const schema = {
      type: "object",
      properties: {
        items: { type: "array", items: line, minItems: 1 },
        account: { anyOf: [{ ...line }, { type: "null" }], description: "If there is one" },
        state: { enum: ["on", "off"] },
      },
      required: ["items"],
    };
    expect(reader.fieldsOf(schema).map((field) => Object.values(field))).toEqual([
      ["items", "list of object", true, ["at least 1 entries"], undefined],
      ["items[].name", "string", true, ["at most 5 characters"], undefined],
      ["items[].quantity", "integer", false, ["1 to 99"], undefined],
      ["account", "object or null", false, [], "If there is one"],
      ["account.name", "string", true, ["at most 5 characters"], undefined],
      ["account.quantity", "integer", false, ["1 to 99"], undefined],
      ["state", '"on" | "off"', false, [], undefined],
    ]);
  });

  test("makes an example of given examples, constants, words and limits", () => {
    expect(reader.exampleOf(line, false)).toEqual({ name: "Mug" });
    expect(reader.exampleOf(line, true)).toEqual({ name: "Mug", quantity: 1 });
    const mixed = {
      type: "object",
      properties: {
        one: { const: 1 },
        word: { enum: ["a", "b"] },
        given: { type: "boolean", default: true },
        list: { type: "array", items: line },
        time: { type: "string", format: "date-time" },
      },
    };
    expect(reader.exampleOf(mixed, true)).toEqual({
      one: 1,
      word: "a",
      given: true,
      list: [{ name: "Mug", quantity: 1 }],
      time: "2026-11-27T10:00:00.000Z",
    });
  });

  test("reads the variants of a body and their type", () => {
    const either = { oneOf: [{ $ref: "#/components/schemas/Cart" }, line] };
    expect(reader.variantsOf(either)).toEqual(either.oneOf);
    expect(reader.variantsOf(line)).toEqual([line]);
    expect(reader.typeOf(either)).toBe("Cart | Line");
  });
});
