/** For tests that run the delivery by itself: its queue, senders and rules. */
export { createDelivery, claimMs, type Send } from "../deliver.ts";
export { mailServer, postgresDeliveries } from "../postgres_deliveries.ts";
export { postgresEndpoints } from "../postgres_endpoints.ts";
export { postgresQueue, type EndedTry } from "../postgres_queue.ts";
export { downAfter, failingMaxMs, webhookChannel } from "../schedule.ts";
export { smtpSender } from "../smtp_sender.ts";
export { testSmtpServer, type TestSmtpServer } from "./smtp_server.ts";
export { webhookSender } from "../webhook_sender.ts";
