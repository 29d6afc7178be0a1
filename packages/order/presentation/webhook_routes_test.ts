import { expect, test } from "bun:test";
import { Hono } from "hono";
import type { ApiEnv } from "@payflow/access";
import { mount, errorReporter, problemHandler, silentLog } from "@payflow/shared/http";
import { webhookLimitOf, webhookRoutes } from "./webhook_routes.ts";

function app(rateLimitPerMinute: number) {
  let forwarded = 0;
  const payments = {
    async "receive-webhook"() {
      forwarded += 1;
      return { result: "stored" };
    },
  };
  const routes = new Hono<ApiEnv>()
    .use(async (c, next) => {
      c.set("clientAddress", c.req.header("X-Address") ?? "");
      await next();
    })
    .onError(problemHandler(errorReporter(silentLog), "https://shop.example"));
  const webhookLimit = webhookLimitOf({ rateLimitPerMinute });
  mount(routes, webhookRoutes, { payments, webhookLimit } as never);
  const post = async (address: string) =>
    (
      await routes.request("/webhooks/toss", {
        method: "POST",
        headers: { "X-Address": address },
        body: "{}",
      })
    ).status;
  return { post, forwarded: () => forwarded };
}

test("POST /webhooks/toss has a limit per address, and none for Toss's addresses", async () => {
  const { post, forwarded } = app(1);
  for (let count = 0; count < 10; count++) expect(await post("198.51.100.7")).toBe(200);
  expect(await post("198.51.100.7")).toBe(429);
  expect(forwarded()).toBe(10);
  expect(await post("198.51.100.8")).toBe(200);
  for (let count = 0; count < 20; count++) expect(await post("13.124.18.147")).toBe(200);
});

test("RATE_LIMIT_PER_MINUTE=0 switches the limit of webhooks off", async () => {
  const { post } = app(0);
  for (let count = 0; count < 30; count++) expect(await post("198.51.100.7")).toBe(200);
});
