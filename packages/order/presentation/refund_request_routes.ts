import * as v from "valibot";
import { operator, owner, reader, requireViewer } from "@payflow/access";
import { actingAs } from "@payflow/outbox";
import { OrderId } from "@payflow/shared";
import { at, json, reply } from "@payflow/shared/http";
import { loadOrder } from "../application/decide.ts";
import {
  declineRefundRequest,
  grantRefundRequest,
  requestRefund,
  withdrawRefundRequest,
} from "../application/request_refund.ts";
import { orderId, paymentAway, route } from "./api_route.ts";
import * as schemas from "./api_schemas.ts";
import { wholeOrderJson } from "./order_json.ts";

const pageMax = 100;
const path = "/api/orders/:orderId/refund-request";
const answers = { 200: { description: "The order", schema: schemas.Order } };

/** What shoppers want to be refunded, and what becomes of it. */
export const refundRequestRoutes = [
  route({
    ...at("GET /api/refund-requests", "listRefundRequests", "refund requests"),
    summary: "List orders whose refund request is open, oldest order first",
    caller: reader,
    query: v.strictObject({ cursor: v.optional(OrderId) }),
    answers: { 200: { description: "A page of 100 at the most", schema: schemas.OrderList } },
    async handle({ c, query: { cursor = "" } }, deps) {
      const found = await deps.listRefundRequested({ afterId: cursor, limit: pageMax });
      const orders = found.map((order) => wholeOrderJson(order, c.get("caller"), deps));
      const nextCursor = found.length < pageMax ? null : (found.at(-1)?.orderId ?? null);
      return reply(200, { orders, nextCursor });
    },
  }),
  route({
    ...at(`POST ${path}`, "requestRefund", "refund requests"),
    summary: "Request a refund of a paid order",
    description:
      "For the order's shopper, its link included, or for the merchant in their name. Moves no money: an operator grants or declines it. One may be open at a time, five in all; the same again comes as it is.",
    caller: owner,
    params: { orderId },
    body: json(schemas.RequestRefund),
    answers,
    refusals: [
      "order_not_found",
      "refund_request_open",
      "refund_not_requestable",
      "order_busy",
      "rate_limited",
    ],
    limit(c, { rateLimit }) {
      if (c.get("caller").key === undefined) rateLimit.take(c.get("clientAddress"));
    },
    async handle({ c, params: { orderId }, body: { kind, text = "" } }, deps) {
      requireViewer(c.get("caller"), await loadOrder(orderId, deps));
      const order = await requestRefund({ orderId, kind, text }, deps);
      return reply(200, wholeOrderJson(order, c.get("caller"), deps));
    },
  }),
  route({
    ...at(`POST ${path}/withdraw`, "withdrawRefundRequest", "refund requests"),
    summary: "Withdraw the open refund request",
    caller: owner,
    params: { orderId },
    answers,
    refusals: [
      "order_not_found",
      "refund_request_not_open",
      "refund_request_granting",
      "order_busy",
    ],
    async handle({ c, params: { orderId } }, deps) {
      requireViewer(c.get("caller"), await loadOrder(orderId, deps));
      const order = await withdrawRefundRequest({ orderId }, deps);
      return reply(200, wholeOrderJson(order, c.get("caller"), deps));
    },
  }),
  route({
    ...at(`POST ${path}/grant`, "grantRefundRequest", "refund requests"),
    summary: "Grant the open refund request: refund all that is left, or a part",
    description:
      "Safe to repeat: a request is refunded once. While Toss has not answered, its status is granting.",
    caller: operator,
    params: { orderId },
    body: json(schemas.GrantRefund),
    answers,
    refusals: [
      "order_not_found",
      "refund_request_not_open",
      "refund_request_granting",
      "payment_not_refundable",
      "refund_in_progress",
      "amount_exceeds_balance",
      "refund_account_required",
      "overloaded",
      ...paymentAway,
    ],
    async handle({ c, params: { orderId }, body }, deps) {
      const { amount, answer, refundAccount: account } = body;
      const { actor } = c.get("caller");
      const command = { orderId, amount, answer: answer ?? null, account };
      const order = await actingAs({ actor, reason: answer }, () =>
        grantRefundRequest(command, deps),
      );
      return reply(200, wholeOrderJson(order, c.get("caller"), deps));
    },
  }),
  route({
    ...at(`POST ${path}/decline`, "declineRefundRequest", "refund requests"),
    summary: "Decline the open refund request, with a sentence for the shopper",
    caller: operator,
    params: { orderId },
    body: json(schemas.DeclineRefund),
    answers,
    refusals: [
      "order_not_found",
      "refund_request_not_open",
      "refund_request_granting",
      "order_busy",
    ],
    async handle({ c, params: { orderId }, body: { answer } }, deps) {
      const { actor } = c.get("caller");
      const order = await actingAs({ actor, reason: answer }, () =>
        declineRefundRequest({ orderId, answer }, deps),
      );
      return reply(200, wholeOrderJson(order, c.get("caller"), deps));
    },
  }),
];
