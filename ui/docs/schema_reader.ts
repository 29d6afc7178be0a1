import type { ApiDescription, Schema } from "./contract.ts";

/** One field of a body: `items[].quantity`. */
export type Field = {
  readonly path: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly rules: readonly string[];
  readonly description: string | undefined;
};

export type SchemaReader = ReturnType<typeof schemaReader>;

/** Reads the schemas of one document and follows its references. */
export function schemaReader({ components }: Pick<ApiDescription, "components">) {
  /** Follows references, and returns the schema of a nullable one without the null. */
  function resolve(schema: Schema): Schema {
    const name = nameOf(schema);
    if (name !== undefined) return resolve(components.schemas[name] ?? {});
    const [whole, ...others] = (schema.anyOf ?? []).filter(({ type }) => type !== "null");
    if (whole === undefined || others.length > 0) return schema;
    return { ...resolve(whole), ...(schema.description && { description: schema.description }) };
  }

  function typeOf(schema: Schema): string {
    const orNull = schema.anyOf?.some(({ type }) => type === "null") ? " or null" : "";
    const { type, items, oneOf, const: only, enum: words } = resolve(schema);
    if (only !== undefined) return JSON.stringify(only) + orNull;
    if (words) return words.map((word) => JSON.stringify(word)).join(" | ") + orNull;
    if (items) return `list of ${typeOf(items)}${orNull}`;
    if (oneOf) return oneOf.map((one) => nameOf(one) ?? typeOf(one)).join(" | ") + orNull;
    return (type ?? "any") + orNull;
  }

  function fieldsOf(schema: Schema, prefix = ""): Field[] {
    const { properties = {}, required = [] } = resolve(schema);
    return Object.entries(properties).flatMap(([name, property]) => {
      const whole = resolve(property);
      const inner = whole.items ?? whole;
      const path = prefix + name;
      const field: Field = {
        path,
        type: typeOf(property),
        isRequired: required.includes(name),
        rules: rulesOf(whole),
        description: property.description ?? whole.description,
      };
      return [field, ...fieldsOf(inner, whole.items ? `${path}[].` : `${path}.`)];
    });
  }

  /** A valid value, from the schema's examples where it has them. `whole`: with optional fields. */
  function exampleOf(schema: Schema, whole: boolean): unknown {
    const resolved = resolve(schema);
    const [given] = resolved.examples ?? [];
    if (given !== undefined) return given;
    if (resolved.const !== undefined) return resolved.const;
    if (resolved.enum) return resolved.enum[0];
    if (resolved.default !== undefined) return resolved.default;
    const [variant] = resolved.oneOf ?? [];
    if (variant) return exampleOf(variant, whole);
    if (resolved.items) return [exampleOf(resolved.items, whole)];
    if (resolved.properties) {
      const { properties, required = [] } = resolved;
      const shown = Object.entries(properties).filter(([name]) => whole || required.includes(name));
      return Object.fromEntries(shown.map(([name, one]) => [name, exampleOf(one, whole)]));
    }
    return plainExample(resolved);
  }

  return {
    typeOf,
    fieldsOf,
    exampleOf,
    /** The variants of a body. */
    variantsOf: (schema: Schema): readonly Schema[] => resolve(schema).oneOf ?? [schema],
    rulesOf: (schema: Schema) => rulesOf(resolve(schema)),
  };
}

/** The name of the referenced schema; undefined for an inline schema. */
export function nameOf({ $ref }: Schema): string | undefined {
  return $ref?.split("/").at(-1);
}

function plainExample({ type, format, minimum }: Schema): unknown {
  if (type === "integer" || type === "number") return minimum ?? 0;
  if (type === "boolean") return false;
  if (type === "object") return {};
  if (type !== "string") return null;
  if (format === "uuid") return "019ab2c4-7d10-7c3e-9f52-6a1b0c8d4e2f";
  if (format === "date-time") return "2026-11-27T10:00:00.000Z";
  if (format === "date") return "2026-11-27";
  if (format === "uri") return "https://shop.example/";
  return "…";
}

function rulesOf(schema: Schema): string[] {
  const { format, minimum, maximum, minLength, maxLength, minItems, maxItems, pattern } = schema;
  const range = (from: number | undefined, to: number | undefined, unit = "") => {
    const [low, high] = [from?.toLocaleString("en"), to?.toLocaleString("en")];
    // the limit of safe integers is no rule of the API
    if (to !== undefined && to >= Number.MAX_SAFE_INTEGER)
      return low && from! > -1e15 ? [`at least ${low}`] : [];
    if (low && high) return [`${low} to ${high}${unit}`];
    if (low) return [`at least ${low}${unit}`];
    return high ? [`at most ${high}${unit}`] : [];
  };
  return [
    ...(format ? [format] : []),
    ...range(minimum, maximum),
    ...range(minLength, maxLength, " characters"),
    ...range(minItems, maxItems, " entries"),
    // a long pattern does not help readers
    ...(pattern && pattern.length <= 30 && !format ? [pattern] : []),
  ];
}
