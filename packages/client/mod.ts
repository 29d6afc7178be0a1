/** Client of PayFlow's API for an integrating shop. Uses web standards only: runs on Node 20, Bun and Deno. */
export {
  createPayflowClient,
  type PayflowClient,
  type PayflowClientOptions,
} from "./payflow_client.ts";
export { verifyWebhook, WebhookVerificationError, type WebhookEvent } from "./verify_webhook.ts";
export type { components, operations, paths } from "./api_types.ts";
