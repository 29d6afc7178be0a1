import { keyRoutes } from "@payflow/access";
import { webhookEndpointRoutes } from "@payflow/notifications";
import { operationRoutes } from "./operation_routes.ts";
import { orderRoutes } from "./order_routes.ts";
import { paymentRoutes } from "./payment_routes.ts";
import { refundRequestRoutes } from "./refund_request_routes.ts";
import { webhookRoutes } from "./webhook_routes.ts";

/** Every route of the API; all other paths are pages. */
export const apiRoutes = [
  ...orderRoutes,
  ...paymentRoutes,
  ...refundRequestRoutes,
  ...webhookRoutes,
  ...keyRoutes,
  ...webhookEndpointRoutes,
  ...operationRoutes,
];
