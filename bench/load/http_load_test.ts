import { afterAll, expect, test } from "bun:test";
import { httpLoad } from "./http_load.ts";

const seen: string[] = [];
let answer: () => Response | Promise<Response> = () => new Response("{}", { status: 201 });
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  async fetch(request) {
    seen.push(`${request.method} ${request.headers.get("host")} ${await request.text()}`);
    return await answer();
  },
});
afterAll(() => server.stop(true));
const load = { ports: [server.port ?? 0], host: "shop.test", path: "/", body: "{}" };

test("httpLoad() sends exactly `total` requests and counts each response once", async () => {
  seen.length = 0;
  answer = () => new Response("x".repeat(100_000), { status: 201 });
  const outcome = await httpLoad({ ...load, connections: 4, forMs: 60_000, total: 50 });
  expect(outcome.sent).toBe(50);
  expect(outcome.statuses).toEqual({ 201: 50 });
  expect(outcome.accepted.count).toBe(50);
  expect(new Set(seen)).toEqual(new Set(["POST shop.test {}"]));
  expect(seen).toHaveLength(50);
});

test("httpLoad() counts rejections without Retry-After", async () => {
  let count = 0;
  answer = () =>
    new Response("", { status: 503, headers: count++ % 2 === 0 ? { "Retry-After": "1" } : {} });
  const outcome = await httpLoad({ ...load, connections: 2, forMs: 60_000, total: 10 });
  expect(outcome.refused.count).toBe(10);
  expect(outcome.refusedWithoutRetryAfter).toBe(5);
});

test("in an open loop, latency includes the wait of requests that were due during a stall", async () => {
  const stall = Promise.withResolvers<void>();
  let isFirst = true;
  answer = async () => {
    if (isFirst) {
      isFirst = false;
      setTimeout(stall.resolve, 300);
      await stall.promise;
    }
    return new Response("{}", { status: 201 });
  };
  // one connection: while it waits, 29 more are due
  const outcome = await httpLoad({ ...load, connections: 1, forMs: 300, perSecond: 100 });
  expect(outcome.accepted.count).toBe(30);
  expect(outcome.accepted.p50).toBeGreaterThan(50);
  expect(outcome.lateMs).toBeGreaterThan(200);
});

test("a broken connection counts as status 0 and is reopened", async () => {
  const breaking = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      data: (socket) => {
        socket.end();
      },
    },
  });
  const ports = [breaking.port];
  const outcome = await httpLoad({ ...load, ports, connections: 1, forMs: 60_000, total: 3 });
  expect(outcome.statuses).toEqual({ 0: 3 });
  breaking.stop(true);
});
