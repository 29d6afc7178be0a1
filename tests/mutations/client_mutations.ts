import type { Mutation } from "./mutation.ts";

const client = "packages/client/payflow_client.ts";
const retries = "packages/client/retrying_fetch.ts";

/** The API client for shops. */
export const clientMutations: readonly Mutation[] = [
  {
    rule: "The client sends every change with an Idempotency-Key, the same on each retry",
    broken: "only if the caller provides one",
    file: client,
    find: 'if (!request.headers.has("Idempotency-Key"))',
    replace: "if (false)",
    killer: { file: "packages/client/payflow_client_test.ts", name: "an Idempotency-Key" },
  },
  {
    rule: "The client does not retry a call that could take effect twice",
    broken: "every call is retried",
    file: client,
    find: "if (!repeatablePosts.includes(schemaPath)) onceOnly.add(request);",
    replace: "",
    killer: { file: "packages/client/payflow_client_test.ts", name: "the making of a key" },
  },
  {
    rule: "The client waits as long as Retry-After says",
    broken: "it uses its own back-off",
    file: retries,
    find: 'result.value.headers.get("Retry-After")',
    replace: "undefined",
    killer: { file: "packages/client/retrying_fetch_test.ts", name: "Retry-After" },
  },
  {
    rule: "The client rejects a webhook without a valid signature",
    broken: "the signature is not checked",
    file: "packages/client/verify_webhook.ts",
    find: "new Webhook(first).verify(text, signed) as WebhookEvent",
    replace: "JSON.parse(text) as WebhookEvent",
    killer: { file: "packages/client/verify_webhook_test.ts", name: "refuses" },
  },
];
