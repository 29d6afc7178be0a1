import type { Mutation } from "./mutation.ts";

const client = "packages/client/payflow_client.ts";
const retries = "packages/client/retrying_fetch.ts";

/** The client that shops call the API with. */
export const clientMutations: readonly Mutation[] = [
  {
    rule: "Every change that the client sends carries an Idempotency-Key, in all of its tries",
    broken: "only those of callers that bring one",
    file: client,
    find: 'if (!request.headers.has("Idempotency-Key"))',
    replace: "if (false)",
    killer: { file: "packages/client/payflow_client_test.ts", name: "an Idempotency-Key" },
  },
  {
    rule: "The client repeats no call that might take effect twice",
    broken: "every call is repeated",
    file: client,
    find: "if (!repeatablePosts.includes(schemaPath)) onceOnly.add(request);",
    replace: "",
    killer: { file: "packages/client/payflow_client_test.ts", name: "the making of a key" },
  },
  {
    rule: "The client waits as long as Retry-After says",
    broken: "it waits by its own schedule",
    file: retries,
    find: 'result.value.headers.get("Retry-After")',
    replace: "undefined",
    killer: { file: "packages/client/retrying_fetch_test.ts", name: "Retry-After" },
  },
  {
    rule: "The client takes no webhook without a valid signature",
    broken: "the signature is not checked",
    file: "packages/client/verify_webhook.ts",
    find: "new Webhook(first).verify(text, signed) as WebhookEvent",
    replace: "JSON.parse(text) as WebhookEvent",
    killer: { file: "packages/client/verify_webhook_test.ts", name: "refuses" },
  },
];
