import { toJsonSchema, toJsonSchemaDefs, type ConversionConfig } from "@valibot/to-json-schema";
import { IdempotencyKey, type Answer, type Route } from "@payflow/shared/http";
import * as schemas from "./api_schemas.ts";
import type { ErrorCode } from "./error_codes.ts";
import { anyHostPaths } from "./known_hosts.ts";

// /openapi.json, generated from the declared routes, their schemas, and the rows of docs/errors.md.

// oxlint-disable-next-line typescript/no-explicit-any
type AnyRoute = Route<any, never>;

/** The description of the API (OpenAPI 3.1). Throws an Error when a route names a code that the errors' table lacks. */
export function apiDocument(options: {
  readonly publicUrl: string;
  readonly errorCodes: readonly ErrorCode[];
  readonly routes: readonly AnyRoute[];
}) {
  const { publicUrl, errorCodes, routes } = options;
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const { name, tag, summary, description, caller } = route;
    const path = route.path.replaceAll(/:(\w+)/g, "{$1}");
    (paths[path] ??= {})[route.method.toLowerCase()] = {
      operationId: name,
      tags: [tag],
      summary,
      description,
      security: caller.security,
      parameters: parametersOf(route),
      requestBody: route.body && {
        required: true,
        content: { "application/json": { schema: oneOf(route.body.schemas) } },
      },
      responses: {
        ...mapValues(route.answers, answered),
        ...refusals(refusalsOf(route), errorCodes, publicUrl),
      },
    };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "PayFlow",
      version: "1",
      description:
        "Orders and payments. Sums are whole won, times ISO 8601 in UTC. Errors are problem documents (RFC 9457): decide by `code`. Parameters and members that a call does not have are refused (422).",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: publicUrl }],
    tags: ["orders", "payments", "products", "operations"].map((name) => ({ name })),
    paths,
    components: {
      schemas: toJsonSchemaDefs(schemas, {
        ...jsonSchema,
        overrideRef: ({ referenceId }) => ref(`schemas/${referenceId}`).$ref,
      }),
      headers,
      securitySchemes,
    },
  };
}

/** All codes with which a route refuses: its own, and those of what is checked before it. */
export function refusalsOf(route: AnyRoute): string[] {
  const { path, method, body, key, limit, caller } = route;
  const isIdentified = caller.refusals.length > 0;
  return [
    ...new Set([
      "internal_error",
      "invalid_request",
      ...(anyHostPaths.includes(path) ? [] : ["malformed_host", "misdirected_request"]),
      ...(isIdentified ? [...caller.refusals, "database_unavailable"] : []),
      ...(isIdentified && method === "POST" ? ["cross_site_request"] : []),
      ...(body ? ["malformed_json", "body_too_large"] : []),
      ...(body && body.schemas.length > 0 ? ["unsupported_media_type"] : []),
      ...(key === "required" ? ["idempotency_key_required"] : []),
      ...(limit ? ["rate_limited"] : []),
      ...route.refusals,
    ]),
  ];
}

/** JSON Schema has no word for these: text is trimmed, in NFC, and has no control characters. */
const jsonSchema = {
  target: "draft-2020-12",
  ignoreActions: ["trim", "check", "normalize", "transform"],
} satisfies ConversionConfig;

const ref = (id: string) => ({ $ref: `#/components/${id}` });
const names = new Map<unknown, string>(
  Object.entries(schemas).map(([name, schema]) => [schema, name]),
);

/** Refers to a schema by its name in api_schemas.ts. */
function schemaRef(schema: unknown) {
  const name = names.get(schema);
  if (name === undefined) throw new Error("A schema of a route is not exported by api_schemas.ts");
  return ref(`schemas/${name}`);
}

function oneOf(given: readonly unknown[]) {
  if (given.length === 0) return { type: "object" };
  return given.length === 1 ? schemaRef(given[0]) : { oneOf: given.map(schemaRef) };
}

function parametersOf({ params = {}, query, key }: AnyRoute): unknown[] {
  const { properties = {} } = query
    ? toJsonSchema(query, { ...jsonSchema, typeMode: "output" })
    : {};
  return [
    ...Object.entries(params).map(([name, { schema }]) => ({
      name,
      in: "path",
      required: true,
      schema: toJsonSchema(schema, jsonSchema),
    })),
    ...(key === undefined ? [] : [{ ...idempotencyKey, required: key === "required" }]),
    ...Object.entries(properties).map(([name, schema]) => ({
      name,
      in: "query",
      required: false,
      schema,
    })),
  ];
}

const idempotencyKey = {
  name: "Idempotency-Key",
  in: "header",
  example: "cart-7f3a",
  schema: toJsonSchema(IdempotencyKey, jsonSchema),
  description:
    "Makes the call safe to repeat. Keys of the merchant, of a session and of callers without one never meet. Those of refunds are kept for ever.",
};

const headers = {
  Location: {
    description: "Address of the order",
    schema: { type: "string", format: "uri-reference" },
  },
  "Idempotent-Replayed": {
    description: "There, and true, when the Idempotency-Key was used before",
    schema: { const: "true" },
  },
  "Retry-After": {
    description: "Seconds after which to ask again",
    schema: { type: "integer", minimum: 1 },
  },
  "X-Request-Id": {
    description: "The caller's X-Request-Id if it sent a plain one, else ours",
    schema: { type: "string" },
  },
  "WWW-Authenticate": { description: "Bearer", schema: { type: "string" } },
};

const securitySchemes = {
  merchantKey: {
    type: "http",
    scheme: "bearer",
    description: "The merchant's key (MERCHANT_API_KEY)",
  },
  session: {
    type: "apiKey",
    in: "cookie",
    name: "payflow_session",
    description:
      "A browser's session: comes with the first page, or with the answer that creates an order",
  },
};

function headersOf(given: readonly string[]) {
  return Object.fromEntries(
    [...given, "X-Request-Id"].map((name) => [name, ref(`headers/${name}`)]),
  );
}

function answered({ description, schema, type, headers: given = [], example }: Answer) {
  const media = type?.split(";")[0] ?? "application/json";
  return {
    description,
    headers: headersOf(given),
    content: { [media]: { schema: schemaRef(schema), example } },
  };
}

/** Whoever is refused so is told when to ask again. */
const repeatable = new Set([
  "payment_in_progress",
  "refund_in_progress",
  "rate_limited",
  "too_many_webhooks",
  "database_unavailable",
  "order_busy",
  "overloaded",
  "payment_busy",
  "payment_recovering",
  "payment_unavailable",
  "webhook_not_stored",
]);

/** The refusals of a route by their status, each with the codes that it may carry. */
function refusals(codes: readonly string[], errorCodes: readonly ErrorCode[], publicUrl: string) {
  const rows = codes.map((code) => {
    const row = errorCodes.find((one) => one.code === code);
    if (row === undefined) throw new Error(`docs/errors.md has no row for "${code}"`);
    return row;
  });
  const byStatus = Object.fromEntries(Map.groupBy(rows, ({ status }) => status));
  return mapValues(byStatus, (group, status) => ({
    description: group.map(({ code, cause }) => `\`${code}\`: ${cause}`).join("\n\n"),
    headers: { ...headersOf(status === "401" ? ["WWW-Authenticate"] : []), ...retryAfter(group) },
    content: {
      "application/problem+json": {
        schema: {
          allOf: [schemaRef(schemas.Problem)],
          properties: {
            status: { const: Number(status) },
            code: { enum: group.map(({ code }) => code) },
          },
        },
        examples: Object.fromEntries(
          group.map((row) => [row.code, { value: problemExample(row, publicUrl) }]),
        ),
      },
    },
  }));
}

function retryAfter(group: readonly ErrorCode[]) {
  const codes = group.map(({ code }) => code).filter((code) => repeatable.has(code));
  if (codes.length === 0) return {};
  const header = ref("headers/Retry-After");
  if (codes.length === group.length) return { "Retry-After": header };
  const only = codes.map((code) => `\`${code}\``).join(", ");
  const description = `With ${only}: seconds after which to ask again`;
  return { "Retry-After": { ...header, description } };
}

function problemExample({ code, status, cause }: ErrorCode, publicUrl: string) {
  return {
    type: `${publicUrl}/docs/errors#${code}`,
    title: code.replaceAll("_", " "),
    status,
    detail: cause.replaceAll("`", ""),
    code,
    requestId: "0c5a3d0e-8d3b-4c52-9a5f-3f1c7f0b2a11",
  };
}

function mapValues<T, U>(given: Readonly<Record<string, T>>, of: (value: T, key: string) => U) {
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, of(value, key)]));
}
