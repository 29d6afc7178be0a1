import createClient, { type Client } from "openapi-fetch";
import type { paths } from "./api_types.ts";
import { retryingFetch, type Fetch } from "./retrying_fetch.ts";

export type PayflowClientOptions = {
  /** Where the shop is: `https://pay.example.com`. */
  readonly baseUrl: string;
  /** A key of role `operate` or `read` (`bun run payflow keys create`). Never give one to a browser. */
  readonly apiKey: string;
  /** Of one try, its answer's body included; 30 s unless given. */
  readonly timeoutMs?: number;
  /** After the first try; 4 unless given, which is about 8 s of waiting. */
  readonly retries?: number;
  readonly fetch?: Fetch;
};

/** Calls by method and path, typed by the API's document: `client.POST("/api/orders", { body })`. */
export type PayflowClient = Client<paths, Media>;

/** What calls are answered with unless their Accept wants something else: no CSV. */
type Media = `application/${string}` | "text/plain";

/**
 * POSTs that take effect once however often they are sent: by their Idempotency-Key, or because the second one finds
 * the work done. Others are sent again only when they were refused unread.
 */
export const repeatablePosts: readonly string[] = [
  "/api/orders",
  "/api/orders/{orderId}/cancel",
  "/api/payments/confirm",
  "/api/payments/{orderId}/cancel",
  "/api/keys/{keyId}/revoke",
  "/api/customers/erase",
];

/**
 * A client of one shop. Calls resolve with `data`, or with `error`, a problem document whose `code` says what to do;
 * they reject when no answer came within all tries, which for an order or a refund means: call again with the same
 * Idempotency-Key. A call that brings none gets one of its own, so its retries are safe.
 */
export function createPayflowClient(options: PayflowClientOptions): PayflowClient {
  const { baseUrl, apiKey, timeoutMs = 30_000, retries = 4, fetch } = options;
  const onceOnly = new WeakSet<Request>();
  const client = createClient<paths, Media>({
    baseUrl,
    headers: { Authorization: `Bearer ${apiKey}` },
    // a redirected POST would become a GET
    redirect: "manual",
    fetch: retryingFetch({
      fetch: fetch ?? ((url, init) => globalThis.fetch(url, init)),
      timeoutMs,
      retries,
      isRepeatable: (request) => !onceOnly.has(request),
    }),
  });
  client.use({
    onRequest({ request, schemaPath }) {
      if (request.method !== "POST") return;
      if (!repeatablePosts.includes(schemaPath)) onceOnly.add(request);
      if (!request.headers.has("Idempotency-Key"))
        request.headers.set("Idempotency-Key", crypto.randomUUID());
    },
  });
  return client;
}
