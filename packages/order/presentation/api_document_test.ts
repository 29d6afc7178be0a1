import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Hono } from "hono";
import * as v from "valibot";
import { roles, owner, type OrderRule } from "@payflow/access";
import { generatedPart, markdownTable } from "@payflow/local-stack/testing";
import { orderApp } from "./order_app.ts";
import { apiDocument, errorCodes, refusalsOf } from "./api_document.ts";
import { apiRoutes as routes } from "./api_routes.ts";
import * as schemas from "./api_schemas.ts";

// OpenAPI validators are slow on a busy machine
setDefaultTimeout(600_000);

const document = JSON.parse(JSON.stringify(apiDocument("https://shop.example"))) as Record<
  string,
  unknown
> & { paths: Record<string, object> };

describe("apiDocument()", () => {
  test("is OpenAPI 3.1", async () => {
    expect(document["openapi"]).toMatch(/^3\.1\./);
    const result = await new Validator().validate(structuredClone(document));
    expect(result).toEqual({ valid: true });
  });

  test("lists exactly the routes of the API", () => {
    const app = orderApp(
      {
        publicUrl: "https://shop.example",
        sessionSecret: "",
        trustedProxies: [],
        rateLimitPerMinute: 0,
      } as never,
      {
        deps: { metrics: {} } as never,
        pages: new Hono(),
        console: new Hono(),
      },
    );
    const served = app.routes
      .filter(({ method, path }) => method !== "ALL" && !path.includes("*"))
      .map(({ method, path }) => `${method} ${plainPath(path)}`)
      .filter((route) => !/ \/(docs|openapi\.json|asyncapi\.json)/.test(route));
    const listed = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(listed.sort()).toEqual([...new Set(served)].sort());
  });

  test("limits each list and record of a request, so that it is refused before its elements are parsed", () => {
    const { components, paths } = document as never as {
      components: { schemas: object };
      paths: Record<string, Record<string, { requestBody?: unknown }>>;
    };
    const seen: string[] = [];
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== "object" || node === null) return;
      const {
        $ref = "",
        type,
        maxItems,
        maxProperties,
        additionalProperties,
        ...rest
      } = node as Record<string, string>;
      const name = $ref.split("/").pop() ?? "";
      if (name !== "" && !path.includes(name))
        walk(components.schemas[name as never], `${path} ${name}`);
      if (type === "array") seen.push(`${path}: ${typeof maxItems}`);
      if (typeof additionalProperties === "object") seen.push(`${path}: ${typeof maxProperties}`);
      for (const [key, value] of Object.entries(rest)) walk(value, `${path} ${key}`);
    };
    for (const [path, methods] of Object.entries(paths))
      for (const { requestBody } of Object.values(methods)) walk(requestBody, path);
    expect(seen.length).toBeGreaterThan(3);
    expect(seen.filter((one) => !one.endsWith(": number"))).toEqual([]);
  });

  test("has no dangling references", () => {
    const refs = new Set<string>();
    const walk = (node: unknown): void => {
      if (typeof node !== "object" || node === null) return;
      for (const [key, value] of Object.entries(node)) {
        if (key === "$ref") refs.add(value as string);
        else walk(value);
      }
    };
    walk(document);
    expect(refs.size).toBeGreaterThan(10);
    for (const ref of refs) {
      const found = ref
        .slice(2)
        .split("/")
        .reduce<unknown>(
          (node, key) => (node as Record<string, unknown> | undefined)?.[key],
          document,
        );
      expect(found, ref).toBeDefined();
    }
  });

  test("has examples that follow their schemas", () => {
    let examples = 0;
    const walk = (node: unknown): void => {
      if (typeof node !== "object" || node === null) return;
      if ("examples" in node && "kind" in node) return;
      const { pipe = [] } = node as { pipe?: readonly { examples?: readonly unknown[] }[] };
      for (const example of pipe.flatMap((part) => part.examples ?? [])) {
        expect(v.parse(node as v.GenericSchema, example)).toEqual(example);
        examples += 1;
      }
      Object.values(node).forEach(walk);
    };
    walk(schemas);
    expect(examples).toBeGreaterThan(10);
  });

  test("declares Retry-After exactly where it is sent", () => {
    type Answers = { headers: Record<string, { description?: string }> };
    const sent = (path: string, method: string, status: number) => {
      const methods = document.paths[path] as Record<
        string,
        { responses: Record<string, Answers> }
      >;
      return methods[method]?.responses[status]?.headers["Retry-After"];
    };
    const confirm = "/api/payments/confirm";
    const refund = "/api/payments/{orderId}/cancel";
    expect(sent(confirm, "post", 409)?.description).toMatch(/^With `payment_in_progress`:/);
    expect(sent(confirm, "post", 429)?.description).toMatch(/^With `rate_limited`:/);
    expect(sent(refund, "post", 409)?.description).toMatch(/^With `refund_in_progress`:/);
    expect(sent(confirm, "post", 503)).toEqual({
      $ref: "#/components/headers/Retry-After",
    } as object);
    expect(sent("/api/orders/{orderId}/cancel", "post", 409)).toBeUndefined();
  });

  test("names every code of docs/errors.md that a documented call can return", () => {
    const named = JSON.stringify(document);
    const unnamed = errorCodes
      .map(({ code }) => code)
      .filter((code) => !named.includes(`"${code}"`));
    // these two are for paths and methods that the document does not have
    expect(unnamed).toEqual([
      "not_found",
      "method_not_allowed",
      // codes of the console
      "webhook_endpoint_exists",
      "order_kept_by_law",
    ]);
  });
});

test("a grant has the refusals of a refund of the same amount", () => {
  const own = (name: string) => routes.find((one) => one.name === name)?.refusals ?? [];
  // what a grant does not name, and what it found before
  const others = ["tax_free_out_of_range", "amount_mismatch", "payment_not_found"];
  const refund = own("refundPayment").filter((code) => !others.includes(code));
  const missing = refund.filter((code) => !own("grantRefundRequest").includes(code));
  expect(missing).toEqual(["idempotency_key_reused"]);
});

test("docs/errors.md lists each route with its callers and its own refusals", async () => {
  const rows = routes.map((route) => {
    const shared = refusalsOf({ ...route, refusals: [], params: {} });
    const own = refusalsOf(route).filter((code) => !shared.includes(code));
    return [
      `\`${route.method} ${plainPath(route.path)}\``,
      route.caller.name,
      [...own, ...(route.key === "required" ? ["idempotency_key_required"] : [])]
        .map((code) => `\`${code}\``)
        .join(" "),
    ];
  });
  const content = markdownTable(["call", "who may call", "refusals"], rows);
  expect(await generatedPart({ document: "errors.md", name: "routes", content })).toBe(content);
});

test("docs/api-by-curl.md shows which role each route needs", async () => {
  const rows = routes.map(({ method, path, caller }) => {
    const { role, isOpen } = caller as OrderRule;
    const ofKeys = roles.map((given) =>
      role === undefined || roles.indexOf(given) >= roles.indexOf(role) ? "yes" : "403",
    );
    const nobody = caller === owner ? "owner" : isOpen ? "yes" : "401";
    return [`\`${method} ${plainPath(path)}\``, nobody, ...ofKeys];
  });
  const content = markdownTable(["call", "without a key", ...roles], rows);
  expect(await generatedPart({ document: "api-by-curl.md", name: "roles", content })).toBe(content);
});

/** `/api/orders/:orderId{…}` as OpenAPI writes it. */
function plainPath(path: string): string {
  return path.replaceAll(/:(\w+)(?:\{.*\})?/g, "{$1}");
}
