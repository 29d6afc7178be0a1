import { expect, test } from "bun:test";
import { Hono } from "hono";
import { errorReporter, problemHandler, silentLog } from "@payflow/shared/http";
import { knownHosts } from "./known_hosts.ts";

const anyHostPaths = ["/healthz", "/hooks/psp"];

function appOf(publicUrl: string) {
  const app = new Hono()
    .use(knownHosts(publicUrl, anyHostPaths))
    .get("*", (c) => c.text(c.req.path))
    .onError(problemHandler(errorReporter(silentLog)));
  return (host: string | undefined, path = "/orders?a=%20b") => {
    const headers = host === undefined ? {} : { Host: host };
    return app.request(`${publicUrl}${path}`, { headers });
  };
}

test("knownHosts() accepts PUBLIC_URL's name with any port and case", async () => {
  const send = appOf("https://shop.example");
  for (const host of ["shop.example", "SHOP.example:443", "shop.example:8080"])
    expect((await send(host)).status, host).toBe(200);
  expect((await send(undefined)).status).toBe(200);
});

test.each([
  "evil.example",
  "shop.example.evil.example",
  "xshop.example",
  "a.shop.example",
  "www.evil.example",
  "localhost",
  "127.0.0.1",
  "[::1]",
  "10.0.0.7:8080",
  "wwwxshop.example",
  "www.www.shop.example",
])("knownHosts() rejects %s in production with 421", async (host) => {
  const response = await appOf("https://shop.example")(host);
  expect(response.status).toBe(421);
  expect(await response.json()).toMatchObject({ code: "misdirected_request" });
});

test.each([
  "",
  " ",
  "a b",
  "[::1",
  "a:99999",
  "a:b",
  "a@b",
  "a/b",
  "a?b",
  "a#b",
  "a\\b",
  "%00",
  "shop.example, evil.example",
  "\u00e9\u00ff:",
  "[a]",
])("knownHosts() rejects the invalid host %j with 400", async (host) => {
  for (const url of ["https://shop.example", "http://localhost:8080"]) {
    const response = await appOf(url)(host);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "malformed_host" });
  }
});

test.each(["localhost:1", "127.0.0.1", "127.8.9.10:80", "[::1]:8080", "shop.localhost"])(
  "knownHosts() accepts %s in development",
  async (host) => {
    for (const url of ["http://localhost:8080", "http://192.168.0.5:8080"])
      expect((await appOf(url)(host)).status).toBe(200);
    expect((await appOf("http://localhost:8080")("evil.example")).status).toBe(421);
    // DNS rebinding: a foreign name that resolves to this server is still foreign
    expect((await appOf("http://localhost:8080")("localhost.evil.example")).status).toBe(421);
  },
);

test.each([
  ["https://shop.example", "www.shop.example"],
  ["https://shop.example", "shop.example."],
  ["https://www.shop.example", "shop.example"],
  ["https://www.shop.example", "www.shop.example.:443"],
])("knownHosts() of %s redirects %s to it", async (url, host) => {
  const response = await appOf(url)(host);
  expect(response.status).toBe(308);
  expect(response.headers.get("Location")).toBe(`${url}/orders?a=%20b`);
  const elsewhere = await appOf(url)(host, "//evil.example/a");
  expect(elsewhere.headers.get("Location")).toBe(`${url}//evil.example/a`);
});

test.each(anyHostPaths)("knownHosts() accepts %s for any host", async (path) => {
  for (const host of ["10.0.0.7:8080", "evil.example", "", "a b"])
    expect((await appOf("https://shop.example")(host, path)).status).toBe(200);
});
