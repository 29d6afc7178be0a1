import { readFileSync } from "node:fs";
import { join } from "node:path";
import { toJsonSchema, toJsonSchemaDefs, type ConversionConfig } from "@valibot/to-json-schema";
import { IdempotencyKey, type Answer, type Route } from "@payflow/shared/http";
import type { ErrorCode } from "@payflow/ui";
import { apiRoutes } from "./api_routes.ts";
import * as schemas from "./api_schemas.ts";
import { anyHostPaths } from "./api_route.ts";

// /openapi.json, generated from the declared routes, their schemas, and the rows of docs/errors.md.

/** A row of docs/errors.md; its groups have the names of ErrorCode's fields. */
const row =
  /^\| `(?<code>[a-z_]+)` +\| (?<status>\d{3}) +\| (?<cause>.+?) +\| (?<wayOut>.+?) +\|$/gm;
const errorsDocument = join(import.meta.dirname, "../../../docs/errors.md");
/** All error codes of the API. */
export const errorCodes = [...readFileSync(errorsDocument, "utf8").matchAll(row)].map(
  ({ groups }) => groups as ErrorCode,
);

// oxlint-disable-next-line typescript/no-explicit-any
type AnyRoute = Route<any, never>;

/** The OpenAPI 3.1 document. Throws an Error when a route names a code without a row in docs/errors.md. */
export function apiDocument(publicUrl: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of apiRoutes as readonly AnyRoute[]) {
    const { name, tag, summary, description, caller, body } = route;
    const path = route.path.replaceAll(/:(\w+)/g, "{$1}");
    const responses = mapValues(route.answers, answered);
    (paths[path] ??= {})[route.method.toLowerCase()] = {
      operationId: name,
      tags: [tag],
      summary,
      description,
      security: caller.security,
      "x-caller": caller.name,
      parameters: parametersOf(route),
      requestBody: body && {
        required: true,
        content: { "application/json": { schema: oneOf(body.schemas) } },
      },
      responses: { ...responses, ...refusals(refusalsOf(route)) },
    };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "PayFlow",
      version: "1",
      description:
        "Orders and payments. Sums are whole won, times ISO 8601 in UTC. Errors are problem documents (RFC 9457): decide by `code`. Unknown parameters and fields are refused (422).",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: publicUrl }],
    tags: [...new Set(apiRoutes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    webhooks: { orderEvent: { post: orderEvent } },
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

/** All error codes of a route: its own, and those of the checks that run before it. */
export function refusalsOf(route: AnyRoute): string[] {
  const { path, method, body, key, limit, caller, params = {} } = route;
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
      ...Object.values(params).map(({ refuse }) => refuse("").code),
      ...(route.refusals ?? []),
    ]),
  ];
}

/** JSON Schema cannot express these actions: trimming, NFC, and the check for control characters. */
const jsonSchema = {
  target: "draft-2020-12",
  ignoreActions: ["trim", "check", "normalize", "transform"],
} satisfies ConversionConfig;

const ref = (id: string) => ({ $ref: `#/components/${id}` });

/** A reference to a schema by its name in api_schemas.ts. */
function schemaRef(schema: unknown) {
  const [name] = Object.entries(schemas).find(([, known]) => known === schema) ?? [];
  if (name === undefined) throw new Error("A schema of a route is not exported by api_schemas.ts");
  return ref(`schemas/${name}`);
}

function oneOf(given: readonly unknown[]) {
  if (given.length === 0) return { type: "object" };
  return given.length === 1 ? schemaRef(given[0]) : { oneOf: given.map(schemaRef) };
}

function parametersOf({ params = {}, query, key }: AnyRoute): unknown[] {
  const queryConfig = { ...jsonSchema, typeMode: "output" } as const;
  const { properties = {} } = query ? toJsonSchema(query, queryConfig) : {};
  return [
    ...Object.entries(params).map(([name, { schema }]) => ({
      name,
      in: "path",
      required: true,
      schema: toJsonSchema(schema, jsonSchema),
    })),
    ...(key === undefined ? [] : [idempotencyKey(key === "required")]),
    ...Object.entries(properties).map(([name, schema]) => ({ name, in: "query", schema })),
  ];
}

const idempotencyKey = (required: boolean) => ({
  name: "Idempotency-Key",
  in: "header",
  required,
  example: required ? "return-7f3a-1" : "cart-7f3a",
  schema: toJsonSchema(IdempotencyKey, jsonSchema),
  description:
    "Makes the call safe to repeat. The key may be in quotes (draft-ietf-httpapi-idempotency-key-header), with the same meaning. Keys of the merchant, of each session and of callers without a session are separate. Those of refunds never expire.",
});

const header = (description: string, schema: object = { type: "string" }) => ({
  description,
  schema,
});
const headers = {
  Location: header("Address of the order", { type: "string", format: "uri-reference" }),
  "Idempotent-Replayed": header("Present, and true, when the Idempotency-Key was used before", {
    const: "true",
  }),
  "Retry-After": header("Seconds until a retry is allowed", { type: "integer", minimum: 1 }),
  "X-Request-Id": header("The caller's X-Request-Id if it is valid, else a new one"),
  "WWW-Authenticate": header("Bearer"),
};

const orderEvent = {
  operationId: "orderEvent",
  tags: ["webhooks"],
  summary: "An order has changed",
  description:
    "Signed as in Standard Webhooks (https://www.standardwebhooks.com). Sent at least once: remember webhook-id. Events of one order are sent in order. Types and fields may be added.",
  parameters: [
    ["webhook-id", "The event's id, the same on every try"],
    ["webhook-timestamp", "When this try was sent, in seconds since 1970"],
    [
      "webhook-signature",
      "`v1,` and HMAC-SHA256 of `id.timestamp.body` in base64; one by each secret",
    ],
  ].map(([name, description]) => ({
    name,
    in: "header",
    required: true,
    description,
    schema: { type: "string" },
  })),
  requestBody: {
    required: true,
    content: { "application/json": { schema: ref("schemas/OrderWebhook") } },
  },
  responses: {
    "2XX": { description: "Delivered. Any other status is retried later" },
    410: { description: "Turns the endpoint off" },
  },
};

const securitySchemes = {
  apiKey: {
    type: "http",
    scheme: "bearer",
    description: "MERCHANT_API_KEY, which has the role admin, or a key made by POST /api/keys",
  },
  session: {
    type: "apiKey",
    in: "cookie",
    name: "payflow_session",
    description:
      "A browser's session, set by the first page or by the response that creates an order",
  },
};

function headersOf(given: readonly string[]) {
  return Object.fromEntries(
    [...given, "X-Request-Id"].map((name) => [name, ref(`headers/${name}`)]),
  );
}

function answered({ description, schema, type, stream, headers: given = [] }: Answer) {
  const media = type?.split(";")[0] ?? "application/json";
  return {
    description,
    headers: headersOf(given),
    content: {
      [media]: { schema: schemaRef(schema) },
      ...(stream === undefined ? {} : { [stream]: { schema: { type: "string" } } }),
    },
  };
}

/** The error responses of a route by status, each with its possible codes. */
function refusals(codes: readonly string[]) {
  const rows = codes.map((code) => {
    const known = errorCodes.find((one) => one.code === code);
    if (known === undefined) throw new Error(`docs/errors.md has no row for "${code}"`);
    return known;
  });
  const byStatus = Object.fromEntries(Map.groupBy(rows, ({ status }) => status));
  return mapValues(byStatus, (group, status) => {
    const described = group.map(({ code, cause }) => `\`${code}\`: ${cause}`);
    const properties = {
      status: { const: Number(status) },
      code: { enum: group.map(({ code }) => code) },
    };
    const schema = { allOf: [schemaRef(schemas.Problem)], properties };
    return {
      description: described.join("\n\n"),
      headers: { ...headersOf(status === "401" ? ["WWW-Authenticate"] : []), ...retryAfter(group) },
      content: { "application/problem+json": { schema } },
    };
  });
}

/** The header Retry-After for the codes whose row in docs/errors.md mentions it. */
function retryAfter(group: readonly ErrorCode[]) {
  const repeatable = group.filter(({ wayOut }) => wayOut.includes("`Retry-After`"));
  if (repeatable.length === 0) return {};
  const whole = ref("headers/Retry-After");
  if (repeatable.length === group.length) return { "Retry-After": whole };
  const only = repeatable.map(({ code }) => `\`${code}\``).join(", ");
  const description = `With ${only}: seconds after which to send it again`;
  return { "Retry-After": { ...whole, description } };
}

function mapValues<T, U>(given: Readonly<Record<string, T>>, of: (value: T, key: string) => U) {
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, of(value, key)]));
}
