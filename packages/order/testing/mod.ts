/** For other packages' tests: order's domain, use cases and adapters without the running service. */
export { Order } from "../domain/order.ts";
export { applyPayment } from "../application/apply_payment.ts";
export { cancelOrder } from "../application/cancel_order.ts";
export { confirmOrder } from "../application/confirm_order.ts";
export { placeOrder } from "../application/place_order.ts";
export type * from "../application/ports.ts";
export { provideRefundAccount, refundOrder } from "../application/refund_order.ts";
export { createTailLength } from "../application/tail_length.ts";
export {
  sweepChanges,
  sweepFollowed,
  sweepUnsettled,
  type SweepDeps,
} from "../application/sweep_payments.ts";
export { apiDocument } from "../presentation/api_document.ts";
export { apiRoutes } from "../presentation/api_routes.ts";
export { httpPayments } from "../infrastructure/http_payments.ts";
