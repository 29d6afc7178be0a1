import { toJsonSchema } from "@valibot/to-json-schema";
import type { ErrorCode } from "../error_codes.ts";
import { anyHostPaths } from "../known_hosts.ts";
import { componentRef, components, headerNames, jsonSchema } from "./components.ts";
import { operations, type Answer, type Operation } from "./operations.ts";
import { refusals } from "./refusals.ts";

// The OpenAPI description: schemas are those that routes parse and answer by, errors are the rows of docs/errors.md.

/** Refusals that any call, any POST and any call with a body may meet. */
const commonErrors = ["internal_error", "invalid_request"];
const hostErrors = ["malformed_host", "misdirected_request"];
const apiErrors = ["merchant_key_required", "rate_limited", "database_unavailable"];
const postErrors = ["cross_site_request"];
const bodyErrors = [
  "malformed_json",
  "body_too_large",
  "unsupported_media_type",
  "invalid_request",
];

/** The description of the API (OpenAPI 3.1). Throws an Error when a route names a code that the errors' table lacks. */
export function apiDocument(options: {
  readonly publicUrl: string;
  readonly errorCodes: readonly ErrorCode[];
}) {
  const { publicUrl, errorCodes } = options;
  const byCode = new Map(errorCodes.map((error) => [error.code, error]));
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const { method, path, id, tag, summary, description } = operation;
    const errors = [...errorsOf(operation)].map((code) => {
      const error = byCode.get(code);
      if (error === undefined) throw new Error(`docs/errors.md has no row for "${code}"`);
      return error;
    });
    (paths[path] ??= {})[method] = {
      operationId: id,
      tags: [tag],
      summary,
      ...(description === undefined ? {} : { description }),
      security: securityOf(operation.callers),
      parameters: parametersOf(operation),
      ...bodyOf(operation),
      responses: {
        ...Object.fromEntries(operation.answers.map((answer) => [answer.status, answered(answer)])),
        ...refusals(errors, publicUrl),
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
    components: components(),
  };
}

function errorsOf({ path, method, body, errors }: Operation): Set<string> {
  const isApi = path.startsWith("/api/");
  return new Set([
    ...(body ? bodyErrors : []),
    ...errors,
    ...(isApi ? apiErrors : []),
    ...(isApi && method === "post" ? postErrors : []),
    ...(anyHostPaths.includes(path) ? [] : hostErrors),
    ...commonErrors,
  ]);
}

function securityOf(callers: Operation["callers"]): Record<string, []>[] {
  const merchant = { merchantKey: [] } satisfies Record<string, []>;
  const session = { session: [] } satisfies Record<string, []>;
  switch (callers) {
    case "merchant":
      return [merchant];
    case "owner":
      return [merchant, session];
    case "mask":
      return [merchant, session, {}];
    case "all":
      return [];
  }
}

function parametersOf({ parameters = [], query }: Operation): unknown[] {
  const named = parameters.map((name) => componentRef(`parameters/${name}`));
  if (query === undefined) return named;
  const { properties = {} } = toJsonSchema(query, { ...jsonSchema, typeMode: "output" });
  const asked = Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "query",
    required: false,
    schema:
      name === "limit" && typeof schema === "object"
        ? { ...schema, default: Number(schema.default) }
        : schema,
  }));
  return [...named, ...asked];
}

function bodyOf({ body }: Operation): object {
  if (body === undefined) return {};
  const refs = body?.map((name) => componentRef(`schemas/${name}`)) ?? [];
  const schema = body === null ? { type: "object" } : refs.length === 1 ? refs[0] : { oneOf: refs };
  const content = { "application/json": { schema } };
  return { requestBody: { required: true, content } };
}

function answered(answer: Answer) {
  const { description, schema, headers = [], example } = answer;
  return {
    description,
    headers: {
      ...Object.fromEntries(
        headers.map((name) => [headerNames[name], componentRef(`headers/${name}`)]),
      ),
      "X-Request-Id": componentRef("headers/RequestId"),
    },
    content: {
      [answer.type ?? "application/json"]: {
        schema: componentRef(`schemas/${schema}`),
        example,
      },
    },
  };
}
