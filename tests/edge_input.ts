import fc from "fast-check";

// Random requests for the API: valid calls with a few changes, and arbitrary ones.

export type Sent = {
  method: string;
  path: string;
  headers: [string, string][];
  body: string | Uint8Array<ArrayBuffer> | undefined;
};

const nasty = fc.constantFrom(
  ...["\u0000", "\ud800", "\udfff", "\u2028", "\ufeff", "'", "\\u0000", "${1}"],
);
/** Text with characters that break databases and JSON parsers. */
const text = fc.oneof(
  nasty,
  fc.string({ unit: "binary", maxLength: 120 }),
  fc
    .array(fc.oneof(nasty, fc.string({ unit: "grapheme", maxLength: 4 })), { maxLength: 8 })
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
/** Valid bodies by path; `almostRight` changes a few members. */
export const rightBodies = {
  "/api/orders": [
    { items: [line], ...customer },
    { orderName: "맞춤 제작", amount: 1000, ...customer },
  ],
  "/api/payments/confirm": [{ paymentKey: "key", orderId: "real-order", amount: 1000 }],
  "/api/payments/real-order/cancel": [
    {
      reason: "변심",
      amount: 100,
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
  fc.record({ key: fc.constantFrom("amount", "orderId", "data", "customerEmail"), to: value }),
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
export const almostRight: fc.Arbitrary<Call> = fc
  .constantFrom(
    ...Object.entries(rightBodies).flatMap(([path, bodies]) =>
      bodies.map((right) => ({ path, right })),
    ),
  )
  .chain(({ path, right }) =>
    fc.array(change, { maxLength: 2 }).map((changes) => {
      const changed = changes.map(({ key, to }) => [key, to] as const);
      const object = { ...right, ...Object.fromEntries(changed) };
      // JSON.stringify() escapes lone surrogates and U+0000
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
const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => new Uint8Array(array));
export const anything: fc.Arbitrary<Call> = fc.record({
  path: fc.constantFrom(...Object.keys(rightBodies)),
  body: fc.oneof(
    value.map((json) => JSON.stringify(json) ?? ""),
    deep,
    bytes,
    text,
  ),
});
export const merchant: [string, string][] = [
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
  fc.constantFrom("Bearer merchant-key-of-the-tests", "Bearer", "Bearer x", "null"),
);
export const headers = fc
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
  .array(fc.tuple(fc.constantFrom("status", "cursor", "limit", "a"), segment), { maxLength: 4 })
  .map((pairs) => pairs.map((pair) => pair.join("=")).join("&"));
/** Existing paths, similar ones, and others. */
export const path = fc
  .tuple(
    fc.constantFrom("/api/", "/api/orders/", "/api/orders", "/api/payments/", "/orders/", "/"),
    fc.array(segment, { maxLength: 3 }),
    query,
  )
  .map(([start, rest, query]) => `${start}${rest.join("/")}?${query}`);

const latin = fc
  .array(fc.integer({ min: 1, max: 255 }), { maxLength: 12 })
  .map((codes) => String.fromCharCode(...codes).replaceAll(/[\r\n]/g, " "));
const host = fc.oneof(
  latin,
  fc.constantFrom(
    ...["", "localhost", "shop.localhost", "evil.example", "[::1]", "[::1"],
    ...["a:99999", "a:", ":", "a@b", "a/b", "a, b", "%00", "1.2.3", "0x7f.1"],
    ...["www.shop.localhost", "shop.localhost.", "xn--", "-", "..", "*"],
  ),
);
const target = fc.oneof(
  path,
  latin.map((rest) => `/${rest}`),
  fc.constantFrom(
    ...["/", "*", "//evil.example/", "/.//x", "/\\x", "http://evil.example/x"],
    ...["http://[/x", "x", "/%", "/%00", "/x#y", "?", "a:1", "/healthz"],
    ...["/orders", "/api/products", "/v1/payments/x", "/window/x"],
  ),
);
/** A request head as Latin-1 text, with arbitrary request lines and Hosts. */
export const requestHead: fc.Arbitrary<string> = fc
  .record({
    method: fc.constantFrom(
      ...["GET", "HEAD", "POST", "OPTIONS", "TRACE", "CONNECT", "PUT", "FOO"],
    ),
    target,
    version: fc.constantFrom("1.0", "1.1"),
    hosts: fc.array(host, { maxLength: 2 }),
    header: fc.oneof(
      fc.constant(""),
      fc
        .tuple(fc.constantFrom("Cookie", "Authorization", "Referer"), latin)
        .map(([name, value]) => `${name}: ${value}\r\n`),
    ),
  })
  .map(({ method, target, version, hosts, header }) =>
    [
      `${method} ${target} HTTP/${version}\r\n`,
      ...hosts.map((name) => `Host: ${name}\r\n`),
      `${header}Content-Length: 0\r\nConnection: close\r\n\r\n`,
    ].join(""),
  );
