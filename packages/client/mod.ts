/** PayFlow's API for a shop of its own, by web standards only: Node 20, Bun, Deno. */
export {
  createPayflowClient,
  type PayflowClient,
  type PayflowClientOptions,
} from "./payflow_client.ts";
export { verifyWebhook, WebhookVerificationError, type WebhookEvent } from "./verify_webhook.ts";
export type { components, operations, paths } from "./api_types.ts";
