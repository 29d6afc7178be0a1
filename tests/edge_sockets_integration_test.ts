import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import { connect } from "node:net";
import { createLog, listen } from "@payflow/shared/http";
import { createTossSandbox } from "@payflow/toss-sandbox";
import { testEdge, type TestEdge } from "./edge.ts";
import { requestHead } from "./edge_input.ts";

// Raw requests over sockets, which no HTTP client can send.

setDefaultTimeout(600_000);

let edge: TestEdge;
let sandbox: ReturnType<typeof createTossSandbox>;
const servers: Record<string, Bun.Server<undefined>> = {};
let logged = "";

beforeAll(async () => {
  const log = createLog("edge", "info", { write: (line) => void (logged += line) });
  edge = await testEdge({ log });
  sandbox = createTossSandbox({
    databasePath: ":memory:",
    publicUrl: "http://toss.localhost",
  });
  const at = { port: 0, hostname: "127.0.0.1" };
  servers["order"] = listen({ fetch: edge.order }, at);
  servers["payment"] = listen({ fetch: edge.payment }, at);
  servers["sandbox"] = listen(sandbox, at);
}, 600_000);
afterAll(async () => {
  for (const server of Object.values(servers)) await server.stop(true);
  await sandbox.close();
  await edge.close();
});

/** The response's status; 0 when the connection ends without a response. */
function statusOf(server: string, head: string): Promise<number> {
  return new Promise((resolve) => {
    let answer = "";
    const end = () => {
      socket.destroy();
      resolve(Number(/^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1] ?? 0));
    };
    const socket = connect(servers[server]?.port ?? 0, "127.0.0.1", () =>
      socket.write(head, "latin1"),
    );
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
      if (answer.includes("\r\n")) end();
    });
    socket.on("close", end).on("error", end);
  });
}

test("a request over HTTP/1.0 without a Host gets 200", async () => {
  for (const server of Object.keys(servers)) {
    const path = "/healthz";
    expect(await statusOf(server, `GET ${path} HTTP/1.0\r\n\r\n`)).toBe(200);
    const anyHost = `GET ${path} HTTP/1.1\r\nHost: 10.0.0.7:8080\r\n\r\n`;
    expect(await statusOf(server, anyHost)).toBe(200);
  }
  expect(await statusOf("order", "GET / HTTP/1.0\r\n\r\n")).toBe(200);
  expect(await statusOf("order", "GET /api/products HTTP/1.0\r\n\r\n")).toBe(200);
});

test.each([
  ["", 400],
  ["a b", 400],
  ["[::1", 400],
  ["a:99999", 400],
  ["a@b", 400],
  ["\u00e9", 400],
  ["evil.example", 421],
  ["127.0.0.1:1", 200],
])("order responds to Host %j with %i", async (host, status) => {
  for (const path of ["/", "/api/products", "/orders", "/docs", "/openapi.json"]) {
    const head = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
    expect(await statusOf("order", head), path).toBe(status);
  }
  const post = `POST /api/orders HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\n\r\n`;
  expect(await statusOf("order", post)).toBe(status === 200 ? 415 : status);
});

test("no request head causes a 5xx or a stack trace in the log", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("order", "payment", "sandbox"),
      requestHead,
      async (server, head) => {
        const status = await statusOf(server, head);
        // 505 is Bun's own response to an invalid request line
        if (status !== 505) expect(status).toBeLessThan(500);
      },
    ),
    { numRuns: 400 },
  );
  expect(logged).not.toContain("stack");
  expect(logged).not.toContain('"level":50');
});
