import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import postgres from "postgres";
import type { Problem } from "./api_client.ts";
import { testEdge, type TestEdge } from "./edge.ts";
import {
  almostRight,
  anything,
  headers,
  merchant,
  path,
  rightBodies,
  type Sent,
} from "./edge_input.ts";

setDefaultTimeout(600_000);

let edge: TestEdge;
let databases: postgres.Sql[];
/** The row counts after the last call. */
let known: string;
/** An existing order; replaces "real-order" in requests. */
let orderId: string;

beforeAll(async () => {
  edge = await testEdge();
  databases = [edge.databases.order, edge.databases.payment].map((url) =>
    postgres(url, { max: 1, onnotice() {} }),
  );
  const body = JSON.stringify(rightBodies["/api/orders"][0]);
  const headers = { "Content-Type": "application/json" };
  const placed = await edge.order(
    new Request(`${edge.url}/api/orders`, { method: "POST", headers, body }),
  );
  ({ orderId } = (await placed.json()) as { orderId: string });
  known = await written();
}, 600_000);
afterAll(async () => {
  await Promise.all(databases.map((sql) => sql.end({ timeout: 5 })));
  await edge.close();
});

/** Row counts of both databases; every write increases one of them. */
async function written(): Promise<string> {
  const [order, payment] = databases as [postgres.Sql, postgres.Sql];
  const rows = await Promise.all([
    order`
      select (select count(*) from history) as history, (select count(*) from outbox) as outbox,
        (select count(*) from idempotency_keys) as keys`,
    payment`
      select (select count(*) from history) as history, (select count(*) from outbox) as outbox,
        (select count(*) from webhooks) as webhooks`,
  ]);
  return JSON.stringify(rows);
}

/** An error response must be a problem document, and rejected input must leave no rows. */
async function check({ method, path, headers, body }: Sent): Promise<void> {
  let request: Request;
  try {
    const real = (text: string) => text.replaceAll("real-order", orderId);
    const content = typeof body === "string" ? real(body) : body;
    request = new Request(new URL(real(path), edge.url), {
      method,
      headers,
      ...(content === undefined || method === "GET" ? {} : { body: content }),
    });
  } catch {
    return; // no client can send this
  }
  const response = await edge.order(request);
  const text = await response.text();
  expect(response.status, text).toBeLessThan(500);
  const before = known;
  known = await written();
  if (response.status < 400) return;
  // an attempt that Toss declines was stored before the call; rejected input is never stored
  if (![402, 410].includes(response.status)) expect(known, text).toBe(before);
  if (!new URL(request.url).pathname.startsWith("/api/")) return;
  const problem = JSON.parse(text) as Problem;
  expect(response.headers.get("Content-Type")).toBe("application/problem+json");
  expect(problem.status).toBe(response.status);
  expect(problem.code).toMatch(/^[a-z_]+$/);
  expect(problem.type).toBe(`${edge.url}/docs/errors#${problem.code}`);
  expect(problem.requestId).toBe(response.headers.get("X-Request-Id") ?? "");
  expect(`${problem.title}${problem.detail}`.isWellFormed()).toBe(true);
  for (const { path: at, message } of problem.errors ?? [])
    expect(`${at}${message}`.isWellFormed()).toBe(true);
}

/** On a failure fast-check prints `seed` and `path`, which repeat it. */
async function holds(sent: fc.Arbitrary<Sent>, runs: number): Promise<void> {
  await fc.assert(fc.asyncProperty(sent, check), { numRuns: runs });
}

describe("no input causes a 5xx or leaves rows after an error:", () => {
  test("almost valid bodies", async () => {
    const calls = fc.tuple(
      almostRight,
      fc.option(fc.string({ unit: "grapheme-ascii", maxLength: 3 })),
    );
    const sent = calls.map(([call, key]): Sent => {
      const idempotency: Sent["headers"] = [["Idempotency-Key", key ?? ""]];
      const own = key === null ? [] : idempotency;
      return { method: "POST", ...call, headers: [...merchant, ...own] };
    });
    await holds(sent, 800);
  }, 600_000);

  test("random bodies and headers", async () => {
    const calls = fc.tuple(fc.oneof(almostRight, anything), headers);
    const sent = calls.map(([call, given]): Sent => ({ method: "POST", ...call, headers: given }));
    await holds(sent, 300);
  }, 600_000);

  test("random paths and methods", async () => {
    const sent = fc.record({
      method: fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
      path,
      body: fc.constant(undefined),
      headers: fc.oneof(fc.constant(merchant), headers),
    });
    await holds(sent, 400);
  }, 600_000);
});
