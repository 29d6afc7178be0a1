/**
 * Mails to shoppers and webhooks to the shop's own servers: written as rows with the change that causes them, and
 * delivered from these rows. Order wires them; README.md has an example.
 * @module
 */
export { adminNotifications } from "./admin_notifications.ts";
export { notificationFigures, notificationCounts, readNotificationAttention } from "./attention.ts";
export { webhookEndpointRoutes, type NotificationDeps } from "./endpoint_routes.ts";
export { openNotifications } from "./notifications.ts";
export { orderWebhookBody } from "./order_webhook.ts";
export { mailJournal, notificationRetention } from "./postgres_deliveries.ts";
export type { ComposeMail } from "./smtp_sender.ts";
export { isWebhookSecret, newWebhookSecret, webhookHeaders } from "./webhook_signature.ts";

/** The folder of this package's migrations, for `readMigrations`. */
export const notificationMigrations = `${import.meta.dir}/migrations`;
