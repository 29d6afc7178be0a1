import { afterAll, afterEach, beforeEach, expect, test } from "bun:test";
import { fetchDirectly, fetchFromToss } from "./proxy.ts";

const seen: string[] = [];
const server = (answer: string, log?: string[]) =>
  Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      log?.push(request.url);
      return new Response(answer);
    },
  });
const proxy = server("proxy", seen);
const part = server("part");
const variables = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

beforeEach(() => {
  for (const name of variables) process.env[name] = proxy.url.href;
  seen.length = 0;
});
afterEach(() => {
  for (const name of variables) delete process.env[name];
});
afterAll(() => Promise.all([proxy.stop(true), part.stop(true)]));

const answerOf = async (answer: Promise<Response>) => (await answer).text();

test("this test's proxy gets the request of a plain fetch", async () => {
  expect(await answerOf(fetch(part.url))).toBe("proxy");
  expect(seen).toEqual([part.url.href]);
});

test("fetchDirectly() never uses a proxy, for any host", async () => {
  const local = new Request(part.url, { method: "POST", body: "x" });
  expect(await answerOf(fetchDirectly(local))).toBe("part");
  const elsewhere = new Request("http://payment.invalid/internal");
  await expect(fetchDirectly(elsewhere)).rejects.toThrow();
  expect(seen).toEqual([]);
});

test.each(["http://toss.invalid/v1/payments", "http://192.0.2.1/v1/payments"])(
  "fetchFromToss() uses the proxy to %s",
  async (url) => {
    expect(await answerOf(fetchFromToss(new Request(url)))).toBe("proxy");
    expect(seen).toEqual([url]);
  },
);

test.each(["127.0.0.1", "127.0.0.2", "localhost", "0.0.0.0"])(
  "fetchFromToss() calls a sandbox on %s directly",
  async (host) => {
    const url = `http://${host}:${part.port}/v1/payments`;
    // 127.0.0.2 is this machine too; nothing listens there
    await answerOf(fetchFromToss(new Request(url))).catch(() => undefined);
    expect(seen).toEqual([]);
  },
);

test.each(["http://[::1]:1/", "http://sandbox:9090/"])(
  "fetchFromToss() calls a sandbox on %s directly",
  async (url) => {
    await expect(fetchFromToss(new Request(url))).rejects.toThrow();
    expect(seen).toEqual([]);
  },
);
