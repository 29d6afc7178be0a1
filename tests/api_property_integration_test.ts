import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import postgres from "postgres";
import type { Problem } from "./api_client.ts";
import { testEdge, type TestEdge } from "./edge.ts";

let edge: TestEdge;
let databases: postgres.Sql[];
/** What was written up to the last call. */
let known: string;
/** An order that is there, in the place of "real-order". */
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
}, 60_000);
afterAll(async () => {
  await Promise.all(databases.map((sql) => sql.end({ timeout: 5 })));
  await edge.close();
});

/** How much there is in both databases; every write adds to it. */
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

type Sent = {
  method: string;
  path: string;
  headers: [string, string][];
  body: string | Uint8Array<ArrayBuffer> | undefined;
};

/** An answer that is no success must be a problem, and what refused the input must have left nothing behind. */
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
  // what Toss says no to was stored before it was sent; input that is refused never gets that far
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

/** Printed by fast-check on a failure: `seed` and `path` repeat it. */
async function holds(sent: fc.Arbitrary<Sent>, runs: number): Promise<void> {
  await fc.assert(fc.asyncProperty(sent, check), { numRuns: runs });
}

const nasty = fc.constantFrom(
  ...["\u0000", "\ud800", "\udfff", "\u2028", "\ufeff", "'", "\\u0000", "${1}"],
);
/** Text with what databases and JSON readers stumble over. */
const text = fc.oneof(
  nasty,
  fc.string({ unit: "binary", maxLength: 120 }),
  fc
    .array(fc.oneof(nasty, fc.string({ unit: "grapheme", maxLength: 4 })), {
      maxLength: 8,
    })
    .map((parts) => parts.join("")),
);
const number = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(-0, 1e308, 2 ** 53, 9007199254740993, -1, 0, 0.5),
);
const value = fc.oneof(
  text,
  number,
  fc.constantFrom(null, true, [], {}, "__proto__", "1000"),
  fc.jsonValue({ maxDepth: 4 }),
);

const line = { productId: "dev-tool", quantity: 1 };
const customer = { customerName: "김토스", customerEmail: "kim@example.com" };
/** A call that is right for each address, so that a change here and there is all that is wrong with it. */
const rightBodies = {
  "/api/orders": [
    { items: [line], ...customer },
    { orderName: "맞춤 제작", amount: 1000, ...customer },
  ],
  "/api/payments/confirm": [
    { paymentKey: "key", orderId: "real-order", amount: 1000 },
  ],
  "/api/payments/real-order/cancel": [
    {
      ...{ reason: "변심", amount: 100 },
      refundAccount: { bank: "20", accountNumber: "1", holderName: "김토스" },
    },
  ],
  "/api/orders/0123456789/cancel": [{}],
  "/webhooks/toss": [
    {
      eventType: "PAYMENT_STATUS_CHANGED",
      data: { orderId: "real-order", paymentKey: "key" },
    },
  ],
} as const;

type Member = { key: string; to: unknown };
const change: fc.Arbitrary<Member> = fc.oneof(
  fc.record({
    key: fc.constantFrom("customerName", "orderName", "reason", "paymentKey"),
    to: text.map((name) => `김${name}`),
  }),
  fc.record({
    key: fc.constantFrom("amount", "orderId", "data", "customerEmail"),
    to: value,
  }),
  fc.record({
    key: fc.constant("items"),
    to: fc.oneof(
      value.map((quantity) => [{ ...line, quantity }]),
      value.map((productId) => [{ ...line, productId }]),
      fc.tuple(text, value).map(([key, to]) => [{ ...line, [key]: to }]),
    ),
  }),
  fc.record({ key: text, to: value }),
);

type Call = { path: string; body: Sent["body"] };
const almostRight: fc.Arbitrary<Call> = fc
  .constantFrom(
    ...Object.entries(rightBodies).flatMap(([path, bodies]) =>
      bodies.map((right) => ({ path, right })),
    ),
  )
  .chain(({ path, right }) =>
    fc.array(change, { maxLength: 2 }).map((changes) => {
      const changed = changes.map(({ key, to }) => [key, to] as const);
      const object = { ...right, ...Object.fromEntries(changed) };
      // lone surrogates and U+0000 are written as escapes
      return { path, body: JSON.stringify(object) };
    }),
  );
const deep = fc
  .integer({ min: 1, max: 40_000 })
  .chain((depth) =>
    fc.constantFrom(
      "[".repeat(depth),
      "[".repeat(depth) + "]".repeat(depth),
      '{"a":'.repeat(depth / 4) + "1" + "}".repeat(depth / 4),
      `{"amount":${"9".repeat(depth)}}`,
      `{"amount":1e${depth}}`,
    ),
  );
const bytes = fc
  .uint8Array({ maxLength: 200 })
  .map((array) => new Uint8Array(array));
const anything: fc.Arbitrary<Call> = fc.record({
  path: fc.constantFrom(...Object.keys(rightBodies)),
  body: fc.oneof(
    value.map((json) => JSON.stringify(json) ?? ""),
    deep,
    bytes,
    text,
  ),
});
const merchant: [string, string][] = [
  ["Content-Type", "application/json"],
  ["Authorization", "Bearer merchant-key-of-the-tests"],
];

const type = fc.oneof(
  { weight: 5, arbitrary: fc.constant("application/json") },
  fc.constantFrom("text/plain", "application/json; charset=utf-16", ""),
  fc.string(),
);
const header = fc.oneof(
  fc.string({ maxLength: 300 }),
  fc.constantFrom(
    "Bearer merchant-key-of-the-tests",
    "Bearer",
    "Bearer x",
    "null",
  ),
);
const headers = fc
  .tuple(
    type,
    fc.array(
      fc.tuple(
        fc.constantFrom(
          "Authorization",
          "Cookie",
          "Idempotency-Key",
          "X-Request-Id",
          "X-Forwarded-For",
          "Content-Length",
          "Content-Encoding",
          "Accept-Encoding",
          "tosspayments-webhook-transmission-id",
        ),
        header,
      ),
      { maxLength: 3 },
    ),
  )
  .map(([contentType, others]): [string, string][] => [
    ["Content-Type", contentType],
    ...others.map(([name, content]): [string, string] => [name, content]),
  ]);

describe("no input gives a 5xx or leaves anything behind:", () => {
  test("bodies that are almost right", async () => {
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
  }, 20_000);

  test("any bodies and headers", async () => {
    const calls = fc.tuple(fc.oneof(almostRight, anything), headers);
    const sent = calls.map(([call, given]): Sent => ({
      ...{ method: "POST", ...call, headers: given },
    }));
    await holds(sent, 300);
  }, 20_000);

  test("addresses and methods", async () => {
    const segment = fc.oneof(
      text.map((part) => encodeURIComponent(part.toWellFormed())),
      fc.string({ maxLength: 30 }),
      fc.constantFrom(
        "orders",
        "payments",
        "confirm",
        "cancel",
        "%",
        "%00",
        "%ED%A0%80",
        "..",
        "0123456789",
      ),
    );
    const query = fc
      .array(
        fc.tuple(fc.constantFrom("status", "cursor", "limit", "a"), segment),
        { maxLength: 4 },
      )
      .map((pairs) => pairs.map((pair) => pair.join("=")).join("&"));
    const path = fc
      .tuple(
        fc.constantFrom(
          "/api/",
          "/api/orders/",
          "/api/orders",
          "/api/payments/",
          "/orders/",
          "/",
        ),
        fc.array(segment, { maxLength: 3 }),
        query,
      )
      .map(([start, rest, asked]) => `${start}${rest.join("/")}?${asked}`);
    const sent = fc.record({
      method: fc.constantFrom(
        "GET",
        "POST",
        "PUT",
        "PATCH",
        "DELETE",
        "OPTIONS",
      ),
      ...{ path, body: fc.constant(undefined) },
      headers: fc.oneof(fc.constant(merchant), headers),
    });
    await holds(sent, 400);
  }, 20_000);
});
