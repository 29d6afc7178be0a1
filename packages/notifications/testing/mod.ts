/** For tests that run the delivery without a service. */
export { claimMs, createDelivery } from "../deliver.ts";
export { mailServer, postgresDeliveries } from "../postgres_deliveries.ts";
export { postgresQueue } from "../postgres_queue.ts";
export { smtpSender } from "../smtp_sender.ts";
export { testSmtpServer, type TestSmtpServer } from "./smtp_server.ts";
