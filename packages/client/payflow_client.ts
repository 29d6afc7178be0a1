import createClient, { type Client } from "openapi-fetch";
import type { paths } from "./api_types.ts";
import { retryingFetch, type Fetch } from "./retrying_fetch.ts";

export type PayflowClientOptions = {
  /** Origin of the PayFlow server: `https://pay.example.com`. */
  readonly baseUrl: string;
  /** A key of role `operate` or `read` (`bun run payflow keys create`). Never give one to a browser. */
  readonly apiKey: string;
  /** Limit of one try, the response's body included; 30 s by default. */
  readonly timeoutMs?: number;
  /** Retries after the first try; 4 by default, with at most 4 s of back-off unless Retry-After says more. */
  readonly retries?: number;
  readonly fetch?: Fetch;
};

/** Calls by method and path, typed from the OpenAPI document: `client.POST("/api/orders", { body })`. */
export type PayflowClient = Client<paths, Media>;

/** Media types of responses without an Accept header of the caller: never CSV. */
type Media = `application/${string}` | "text/plain";

/**
 * POSTs that take effect once even when they are sent twice: the server compares the Idempotency-Key, or the second
 * call changes nothing. Other POSTs are retried only after 429, which the server sends before it reads the request.
 */
export const repeatablePosts: readonly string[] = [
  "/api/orders",
  "/api/orders/{orderId}/cancel",
  "/api/payments/confirm",
  "/api/payments/{orderId}/cancel",
  "/api/keys/{keyId}/revoke",
  "/api/webhook-endpoints",
  "/api/customers/erase",
];

/**
 * A call resolves with `data`, or with `error`: a problem document whose `code` names the error. It rejects when no try
 * got a response; repeat an order or a refund with the same Idempotency-Key then. A POST without an Idempotency-Key
 * gets a random one, the same for all of its retries.
 */
export function createPayflowClient(options: PayflowClientOptions): PayflowClient {
  const { baseUrl, apiKey, timeoutMs = 30_000, retries = 4, fetch } = options;
  const onceOnly = new WeakSet<Request>();
  const client = createClient<paths, Media>({
    baseUrl,
    headers: { Authorization: `Bearer ${apiKey}` },
    // fetch would follow a redirected POST with a GET
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
