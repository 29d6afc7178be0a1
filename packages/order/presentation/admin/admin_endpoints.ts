import type { AdminEndpoints } from "@payflow/ui";
import { orderWebhookBody, plusMs } from "@payflow/shared";
import { parseInput } from "@payflow/shared/http";
import {
  changeWebhookEndpoint,
  createWebhookEndpoint,
  foundDelivery,
  removeWebhookEndpoint,
  resendWebhooks,
  rotateWebhookSecret,
  type WebhookDeps,
} from "../../application/webhook_endpoints.ts";
import { NewWebhookEndpoint, WebhookEndpointChange } from "../webhook_schemas.ts";
import { asOperator, requireOperator, type OperatorOf } from "@payflow/console";

const pageMax = 50;
const hourMs = 60 * 60_000;

/** The console's pages of webhooks to the shop's own servers. */
export function adminEndpoints(
  deps: WebhookDeps & { readonly now: () => string; readonly operator: OperatorOf },
): AdminEndpoints {
  const { webhooks, now, operator } = deps;
  const as = <T>(role: "operate" | "admin", work: () => T): T =>
    asOperator(requireOperator(operator, role), undefined, work);

  return {
    async listEndpoints() {
      requireOperator(operator, "read");
      return await webhooks.list();
    },
    async findEndpoint(endpointId) {
      requireOperator(operator, "read");
      return await webhooks.find(endpointId);
    },
    createEndpoint: (given) =>
      as("admin", async () => {
        const { secret, made } = await createWebhookEndpoint(
          parseInput(NewWebhookEndpoint, given),
          deps,
        );
        return { secret, url: made.url };
      }),
    changeEndpoint: (endpointId, change) =>
      as("admin", async () => {
        await changeWebhookEndpoint(endpointId, parseInput(WebhookEndpointChange, change), deps);
      }),
    rotateEndpoint: (endpointId) =>
      as("admin", async () => {
        const { secret, rotated } = await rotateWebhookSecret({ endpointId }, deps);
        return { secret, url: rotated.url };
      }),
    removeEndpoint: (endpointId) => as("admin", () => removeWebhookEndpoint(endpointId, deps)),
    async listDeliveries(endpointId, state, after) {
      requireOperator(operator, "read");
      return await webhooks.listDeliveries(endpointId, { state, after, limit: pageMax });
    },
    async findDelivery(endpointId, eventId) {
      requireOperator(operator, "read");
      const found = await webhooks.findDelivery(endpointId, eventId);
      if (found === undefined) return undefined;
      const { payload, ...delivery } = found;
      return { ...delivery, body: payload === null ? null : orderWebhookBody(payload) };
    },
    resendDelivery: (endpointId, eventId) =>
      as("operate", async () => {
        foundDelivery(eventId, await webhooks.resend(endpointId, eventId));
      }),
    resendSince: (endpointId, { hours, undeliveredOnly }) =>
      as("operate", () =>
        resendWebhooks(
          { endpointId, since: plusMs(now(), -hours * hourMs), undeliveredOnly },
          deps,
        ),
      ),
  };
}
