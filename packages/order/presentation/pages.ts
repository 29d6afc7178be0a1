import type { Caller } from "@payflow/access";
import type { PlaceOrderInput, UiDeps, Viewer } from "@payflow/ui";
import { isUuid, pause } from "@payflow/database";
import { orderNumberOf } from "@payflow/shared";
import { IdempotencyKey, parseInput, sameSecret } from "@payflow/shared/http";
import { orderNotFound } from "../application/decide.ts";
import { cancelOrder } from "../application/cancel_order.ts";
import { findByEmail } from "../application/find_by_email.ts";
import { placeOrder } from "../application/place_order.ts";
import { provideRefundAccount } from "../application/refund_order.ts";
import { requestRefund, withdrawRefundRequest } from "../application/request_refund.ts";
import type { Order } from "../domain/order.ts";
import { quoteItems } from "../domain/product.ts";
import { returnAddress } from "../domain/return_url.ts";
import type { ApiDeps } from "./api_route.ts";
import { CartOrder, RefundAccount, RequestRefund } from "./api_schemas.ts";
import { hashOf, sessionScope } from "./idempotency.ts";
import { findPaidWith, listTimeline } from "./order_timeline.ts";
import { confirmWithin } from "./payment_routes.ts";

/** A page's viewer is the caller (`c.set("viewer", …)` in order_app.ts). */
const callerOf = (viewer: Viewer) => viewer as Caller;

export function pageFunctions(deps: ApiDeps) {
  const { find } = deps.orders;
  const findByNumber = (text: string) =>
    isUuid(text) ? find(text) : deps.orders.findBy("orderNumber", text);
  /** Includes `sessionId`, which pages do not show, for `Viewer.owns`. */
  const orderPage = (order: Order) => ({
    ...order,
    returnTo: returnAddress(order, deps.returnOrigins),
  });
  const shown = async (order: Promise<Order>) => orderPage(await order);
  return {
    listProducts: deps.products,
    quote: (items) => quoteItems(parseInput(CartOrder.entries.items, items), deps.products()),
    async placeOrder({ viewer, idempotencyKey, language, ...input }: PlaceOrderInput) {
      const caller = callerOf(viewer);
      deps.rateLimit.take(caller.address);
      const cart = parseInput(CartOrder, input);
      const key = parseInput(IdempotencyKey, idempotencyKey);
      const sessionId = caller.beginSession();
      const claim = { scope: sessionScope(sessionId), key, requestHash: hashOf(cart) };
      const { order } = await placeOrder({ ...cart, language, sessionId, claim }, deps);
      return orderPage((await find(order.orderId)) ?? order);
    },
    async findOrder(orderId) {
      const order = await find(orderId);
      return order && orderPage(order);
    },
    async listOrders(viewer) {
      const { orderIds, beginSession } = callerOf(viewer);
      return (await deps.listOwnOrders({ sessionId: beginSession(), orderIds })).map(orderPage);
    },
    async confirmPayment({ viewer, ...command }) {
      return (await confirmWithin({ caller: callerOf(viewer), command }, deps)).payment;
    },
    cancelOrder: (orderId) => shown(cancelOrder({ orderId }, deps)),
    async requestRefund({ orderId, viewer, kind, text }) {
      deps.rateLimit.take(callerOf(viewer).address);
      const input = parseInput(RequestRefund, { kind, text: text === "" ? undefined : text });
      return await shown(requestRefund({ orderId, ...input }, deps));
    },
    withdrawRefundRequest: (orderId) => shown(withdrawRefundRequest({ orderId }, deps)),
    async provideRefundAccount({ orderId, ...given }) {
      const account = parseInput(RefundAccount, given);
      return await shown(provideRefundAccount({ orderId, account }, deps));
    },
    orderToken: (order) => deps.links.tokenFor(order),
    async letInByEmail({ viewer, orderNumber, email }) {
      const caller = callerOf(viewer);
      const number = orderNumberOf(orderNumber) ?? orderNumber.toLowerCase();
      deps.findLimit.take(caller.address);
      deps.findLimit.take(`order ${number}`);
      const lookUp = { findOrder: findByNumber, pause, isSame: sameSecret };
      const order = await findByEmail({ orderNumber: number, email }, lookUp);
      const until = order && deps.links.openUntil(order.orderId, deps.links.tokenFor(order));
      if (order === undefined || until === undefined) return undefined;
      caller.grant(order.orderId, until);
      return order.orderId;
    },
    letIn({ viewer, orderId, token }) {
      const until = deps.links.openUntil(orderId, token);
      if (until !== undefined) callerOf(viewer).grant(orderId, until);
    },
    listTimeline: (order) => listTimeline(order, deps),
    findPaidWith: (orderId) => findPaidWith(orderId, deps),
    async *watchOrder(orderId, viewer, signal) {
      const { address } = callerOf(viewer);
      const evicted = new AbortController();
      const leave = deps.streams.take({ address, subject: orderId }, () => evicted.abort());
      const ended = AbortSignal.any([signal, evicted.signal]);
      try {
        for await (const _ of deps.watch(orderId, ended)) {
          const order = await find(orderId);
          if (order === undefined) throw orderNotFound(orderId);
          yield orderPage(order);
        }
      } finally {
        leave();
      }
    },
    now: deps.now,
  } satisfies Partial<UiDeps>;
}
