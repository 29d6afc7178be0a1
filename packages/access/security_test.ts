import { expect, test } from "bun:test";
import { Hono } from "hono";
import { errorReporter, problemHandler, silentLog } from "@payflow/shared/http";
import type { ApiEnv, Caller } from "./caller.ts";
import { settingsHolder, type KeyHolder } from "./credential.ts";
import { refuseCrossSite, securityHeaders } from "./security.ts";

function appOf(publicUrl: string, key?: KeyHolder) {
  return new Hono<ApiEnv>()
    .use(securityHeaders(true))
    .use(async (c, next) => {
      c.set("caller", { key } as Caller);
      await next();
    })
    .use(refuseCrossSite(publicUrl))
    .all("*", (c) => c.text("done"))
    .onError(problemHandler(errorReporter(silentLog)));
}
const post = (headers: Record<string, string>, url = "https://shop.example", app = appOf(url)) =>
  app.request(`${url}/orders`, { method: "POST", headers });

test("refuseCrossSite() rejects requests of another site's page", async () => {
  const Origin = "https://evil.example";
  for (const headers of [
    { Origin },
    { Origin: "null" },
    { Origin: "http://shop.example" },
    { Origin: "https://www.shop.example" },
    { Origin, Authorization: "Basic dTpw" },
    { Origin, Authorization: "x" },
    { "Sec-Fetch-Site": "cross-site" },
    { Origin, "Sec-Fetch-Site": "same-origin" },
  ] as Record<string, string>[]) {
    const response = await post(headers);
    expect(response.status, JSON.stringify(headers)).toBe(403);
    expect(await response.json()).toMatchObject({ code: "cross_site_request" });
  }
});

test("refuseCrossSite() admits the shop's own pages, programs, reads and the merchant", async () => {
  for (const headers of [
    {},
    { Origin: "https://shop.example" },
    { "Sec-Fetch-Site": "same-origin" },
    { "Sec-Fetch-Site": "none" },
  ] as Record<string, string>[])
    expect((await post(headers)).status).toBe(200);
  const Origin = "https://evil.example";
  const merchant = appOf("https://shop.example", settingsHolder);
  expect((await post({ Origin }, "https://shop.example", merchant)).status).toBe(200);
  const read = await appOf("https://shop.example").request("/", { headers: { Origin } });
  expect(read.status).toBe(200);
});

test("refuseCrossSite() accepts the shop's loopback names in development", async () => {
  const app = appOf("http://localhost:8080");
  const own = { Origin: "http://127.0.0.1:8080" };
  expect((await post(own, "http://127.0.0.1:8080", app)).status).toBe(200);
  expect((await post(own, "http://localhost:8080", app)).status).toBe(403);
});

test("securityHeaders() forbids caching unless a response allows it", async () => {
  const app = appOf("https://shop.example").get("/x", (c) => c.text("x"));
  const { headers } = await app.request("/nothing");
  expect(headers.get("Cache-Control")).toBe("no-store");
  expect((await post({ Origin: "null" })).headers.get("Cache-Control")).toBe("no-store");
});
