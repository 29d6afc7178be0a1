import * as v from "valibot";
import { operator, owner, reader, requireViewer, type OrderRule } from "@payflow/access";
import { pageOf } from "@payflow/back-office";
import { withReason } from "@payflow/outbox";
import { OrderId } from "@payflow/shared";
import { at, json, reply, type Body } from "@payflow/shared/http";
import { loadOrder } from "../application/decide.ts";
import {
  declineRefundRequest,
  grantRefundRequest,
  requestRefund,
  withdrawRefundRequest,
} from "../application/request_refund.ts";
import type { Order } from "../domain/order.ts";
import { limitShoppers, orderId, route, type ApiDeps } from "./api_route.ts";
import * as schemas from "./api_schemas.ts";
import { orderJson } from "./order_json.ts";
import { refundRefusals } from "./payment_routes.ts";

const pageMax = 100;
const undecided = ["refund_request_not_open", "refund_request_granting"];

/** Declares a route that changes an order's refund request, for its shopper or for operators. */
function changing<Input extends object | undefined = undefined>(
  step: string,
  declared: {
    readonly name: string;
    readonly summary: string;
    readonly description?: string;
    readonly caller: OrderRule;
    readonly body?: Body<Input>;
    readonly refusals: readonly string[];
    readonly limit?: typeof limitShoppers;
    readonly change: (given: Input & { orderId: string }, deps: ApiDeps) => Promise<Order>;
  },
) {
  const { name, change, ...rest } = declared;
  return route({
    ...at(`POST /api/orders/:orderId/refund-request${step}`, name, "refund requests"),
    ...rest,
    params: { orderId },
    answers: { 200: { description: "The order", schema: schemas.Order } },
    async handle({ c, params: { orderId }, body }, deps) {
      const by = c.get("caller");
      if (rest.caller === owner) requireViewer(by, await loadOrder(orderId, deps));
      const given = { orderId, ...body } as Input & { orderId: string };
      const { answer } = given as { readonly answer?: string | undefined };
      return reply(200, orderJson(await withReason(answer, () => change(given, deps)), by, deps));
    },
  });
}

export const refundRequestRoutes = [
  route({
    ...at("GET /api/refund-requests", "listRefundRequests", "refund requests"),
    summary: "List orders whose refund request is open, oldest order first",
    caller: reader,
    query: v.strictObject({ cursor: v.optional(OrderId) }),
    answers: { 200: { description: "A page of up to 100", schema: schemas.OrderList } },
    async handle({ c, query: { cursor = "" } }, deps) {
      const found = await deps.listRefundRequested({ afterId: cursor, limit: pageMax + 1 });
      const { rows, next } = pageOf(found, pageMax, ({ orderId }) => orderId);
      const orders = rows.map((order) => orderJson(order, c.get("caller"), deps));
      return reply(200, { orders, nextCursor: next });
    },
  }),
  changing("", {
    name: "requestRefund",
    summary: "Request a refund of a paid order",
    description:
      "For the order's shopper, a caller with the order's link, or the merchant in the shopper's name. Moves no money: an operator grants or declines it. An order has one open request at a time, and five in all. Safe to repeat.",
    caller: owner,
    body: json(schemas.RequestRefund),
    refusals: ["refund_request_open", "refund_not_requestable", "order_busy"],
    limit: limitShoppers,
    change: requestRefund,
  }),
  changing("/withdraw", {
    name: "withdrawRefundRequest",
    summary: "Withdraw the open refund request",
    caller: owner,
    refusals: [...undecided, "order_busy"],
    change: withdrawRefundRequest,
  }),
  changing("/grant", {
    name: "grantRefundRequest",
    summary: "Grant the open refund request: refund the whole balance, or a part",
    description:
      "Safe to repeat: a request is refunded once. Until Toss has responded, its status is granting.",
    caller: operator,
    body: json(schemas.GrantRefund),
    refusals: [...undecided, ...refundRefusals],
    change: grantRefundRequest,
  }),
  changing("/decline", {
    name: "declineRefundRequest",
    summary: "Decline the open refund request, with a message to the shopper",
    caller: operator,
    body: json(schemas.DeclineRefund),
    refusals: [...undecided, "order_busy"],
    change: declineRefundRequest,
  }),
];
