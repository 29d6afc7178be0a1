import { expect, test } from "bun:test";
import { Hono } from "hono";
import { requestId } from "hono/request-id";
import { securityHeaders } from "@payflow/access";
import { UnavailableError } from "@payflow/database";
import { errorReporter, problemHandler, silentLog } from "@payflow/shared/http";
import { refuseLateOrders } from "./late_orders.ts";

const publicUrl = "https://shop.example";
const order = (headers: Record<string, string> = {}, path = "/api/orders", method = "POST") =>
  new Request(`${publicUrl}${path}`, { method, headers });

function edge(isLate: boolean) {
  const observed: unknown[] = [];
  const app = new Hono().all("*", (c) => c.text("passed"));
  const metrics = { request: (labels: object) => void observed.push(labels) };
  const report = errorReporter(silentLog, (code) => void observed.push(code));
  const deps = { orders: { isLate: () => isLate }, metrics, report } as never;
  return { observed, ...refuseLateOrders(app, { publicUrl }, deps) };
}

test("refuseLateOrders() refuses only orders, and only under overload", async () => {
  const { fetch, observed } = edge(true);
  for (const [path, method] of [
    ["/api/orders", "GET"],
    ["/api/orders/x/cancel", "POST"],
    ["/api/orders/", "POST"],
    ["/healthz", "GET"],
  ])
    expect(await (await fetch(order({}, path, method), {})).text()).toBe("passed");
  expect(observed).toEqual([]);
  const refused = await fetch(order(), {});
  expect(refused.status).toBe(503);
  expect(observed).toEqual([{ method: "POST", route: "/api/orders", status: "503" }, "overloaded"]);
  expect(await (await edge(false).fetch(order(), {})).text()).toBe("passed");
});

test.each([
  ["none", {}],
  ["a plain one", { "X-Request-Id": "till-7" }],
  ["one with markup", { "X-Request-Id": "<script>" }],
  ["a long one", { "X-Request-Id": "x".repeat(256) }],
])("the refusal equals the framework's: X-Request-Id %s", async (_, headers) => {
  const app = new Hono();
  app.onError(problemHandler(errorReporter(silentLog), `${publicUrl}/docs/errors`));
  app.use(requestId(), securityHeaders(true)).post("/api/orders", () => {
    throw new UnavailableError("overloaded");
  });
  const [refused, usual] = await Promise.all(
    [edge(true), app].map(async ({ fetch }) => {
      const response = await fetch(order(headers), {});
      const { requestId: id, ...problem } = (await response.json()) as { requestId: string };
      expect(response.headers.get("X-Request-Id")).toBe(id);
      response.headers.delete("X-Request-Id");
      const isOwn = id === (headers as Record<string, string>)["X-Request-Id"];
      return { problem, isOwn, status: response.status, headers: [...response.headers].sort() };
    }),
  );
  expect(refused).toEqual(usual);
});
