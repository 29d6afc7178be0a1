import { expect, test } from "bun:test";
import { Hono } from "hono";
import { noTracer } from "@payflow/outbox";
import { AppError } from "../app_error.ts";
import { silentLog } from "./log.ts";
import { observeRequests } from "./observe_requests.ts";
import { errorReporter, problemHandler } from "./problem.ts";

test("observeRequests() observes each request once, by its route's pattern and its response's status", async () => {
  const seen: object[] = [];
  const refused: string[] = [];
  const request = (labels: object, seconds: number) => {
    expect(seconds).toBeGreaterThanOrEqual(0);
    seen.push(labels);
  };
  const pages = new Hono().get("/pages/:name", (c) => c.text(c.req.param("name")));
  const app = new Hono()
    .onError(problemHandler(errorReporter(silentLog, (code) => refused.push(code))))
    .use(observeRequests({ request: request as never }, noTracer))
    .use("/orders/*", (_, next) => next())
    .get("/orders/:orderId", (c) => c.text("an order"))
    .post("/orders/:orderId", () => {
      throw new AppError("too_many", "rate_limited", "Too many calls");
    })
    .route("/", pages);
  await app.request("/orders/1");
  await app.request("/orders/2", { method: "POST" });
  await app.request("/pages/x");
  await app.request("/orders");
  expect(seen).toEqual([
    { method: "GET", route: "/orders/:orderId", status: "200" },
    { method: "POST", route: "/orders/:orderId", status: "429" },
    { method: "GET", route: "/pages/:name", status: "200" },
    { method: "GET", route: "none", status: "404" },
  ]);
  expect(refused).toEqual(["rate_limited"]);
});
