import type { Context } from "hono";
import { accepts } from "hono/accepts";
import * as v from "valibot";
import {
  admin,
  buyer,
  described,
  owner,
  reader,
  requireKey,
  requireOwner,
  visitor,
  type ApiEnv,
} from "@payflow/access";
import { csvStream, type OrderTerm } from "@payflow/back-office";
import { exportOrders, placedBetween } from "@payflow/console";
import {
  EmailAddress,
  inOrder,
  invalidField,
  KoreanDay,
  maskEmail,
  OrderId,
  orderNumberOf,
  orderStatuses,
  storableText,
} from "@payflow/shared";
import { at, json, jsonOf, reply } from "@payflow/shared/http";
import { loadOrder } from "../application/decide.ts";
import { cancelOrder } from "../application/cancel_order.ts";
import { eraseCustomer } from "../application/erase_customers.ts";
import { placeOrder } from "../application/place_order.ts";
import { returnUrlOf } from "../domain/return_url.ts";
import { limitShoppers, orderId, callErrors, route } from "./api_route.ts";
import * as schemas from "./api_schemas.ts";
import { claimOf } from "./idempotency.ts";
import { orderJson } from "./order_json.ts";

const { CartOrder, Order, PricedOrder } = schemas;

const ListQuery = v.strictObject({
  status: v.optional(v.picklist(orderStatuses)),
  method: v.optional(described(storableText(50), "As Toss names it: 카드, 가상계좌, …")),
  email: v.optional(described(EmailAddress, "Of the customer; case-insensitive")),
  merchantReference: v.optional(described(storableText(64), "As it was given")),
  orderNumber: v.optional(
    v.pipe(
      v.string(),
      v.check((text) => orderNumberOf(text) !== undefined, "is no order number"),
      v.transform((text) => orderNumberOf(text) ?? ""),
      v.description("In either case, with its hyphen or without: 1127-K7P3"),
    ),
  ),
  from: v.optional(described(KoreanDay, "The first day of placing, in Korea")),
  to: v.optional(described(KoreanDay, "The last day of placing, in Korea")),
  cursor: v.optional(OrderId),
  limit: v.pipe(
    v.optional(v.string(), "20"),
    v.regex(/^\d{1,3}$/, "must be a whole number from 1 to 100"),
    v.transform(Number),
    v.number(),
    v.integer(),
    v.minValue(1),
    v.maxValue(100),
    v.description("20 unless given"),
  ),
});

export const orderRoutes = [
  route({
    ...at("POST /api/orders", "placeOrder", "orders"),
    summary: "Place an order",
    description:
      "Lines have the shop's prices. With a key of role operate an order may have a name and a price set by the merchant instead, and a reference, metadata and a return address. A reference that another order has is refused, and the refusal names that order. A call that is repeated with the same Idempotency-Key and body within 15 days gets its first response again; it opens no session and shows `checkoutUrl` only to callers that may see it. A caller without a session gets one (cookie), which owns the order.",
    caller: buyer,
    key: "optional",
    body: jsonOf<typeof CartOrder | typeof PricedOrder, ApiEnv>(
      [CartOrder, PricedOrder],
      (body, c) => {
        if (typeof body !== "object" || body === null) return CartOrder;
        if (merchantsOwn.some((name) => name in body)) requireKey(c.get("caller"), "operate");
        if ("metadata" in body) requirePlainNames(body.metadata);
        return "orderName" in body || "amount" in body ? PricedOrder : CartOrder;
      },
    ),
    answers: {
      201: {
        description: "The order",
        schema: Order,
        headers: ["Location", "Idempotent-Replayed"],
      },
    },
    refusals: [
      "unknown_product",
      "idempotency_key_reused",
      "merchant_reference_taken",
      "overloaded",
    ],
    limit: limitShoppers,
    async handle({ c, key, body }, deps) {
      const caller = c.get("caller");
      const sessionId = caller.key ? null : (caller.sessionId ?? crypto.randomUUID());
      const claim = await claimOf({ key, caller, request: body }, deps);
      const returnUrl = returnUrlOf(body.returnUrl, deps.returnOrigins);
      const command = { ...body, returnUrl, sessionId, claim };
      const { order, replayed } = await placeOrder(command, deps);
      // a replay must not grant a session: the sender may be another client that knows the key and the body
      if (!replayed && sessionId !== null) caller.beginSession(sessionId);
      return reply(201, orderJson(order, caller, deps, true), {
        Location: `/api/orders/${order.orderId}`,
        ...(replayed ? { "Idempotent-Replayed": "true" } : {}),
      });
    },
  }),
  route({
    ...at("GET /api/orders", "listOrders", "orders"),
    summary: "List orders, newest first",
    description:
      "Orders that match all parameters. A page may have fewer orders than `limit` although `nextCursor` leads to more. With `Accept: text/csv` the response is a stream of all matching orders, oldest first, without regard to `cursor` and `limit`; names in it are masked for a key of role read, and its column names are Korean with `Accept-Language: ko`.",
    caller: reader,
    query: ListQuery,
    answers: { 200: { description: "A page", schema: schemas.OrderList, stream: "text/csv" } },
    async handle({ c, query: { cursor, limit, ...filter } }, deps) {
      if (wantsCsv(c)) {
        const { email: _, merchantReference: __, orderNumber: ___, ...shown } = filter;
        const { role } = requireKey(c.get("caller"), "read");
        const language = /^ko\b/i.test(c.req.header("Accept-Language") ?? "") ? "ko" : "en";
        const options = { filter: shown, language, role } as const;
        return reply(200, await csvStream(exportOrders(selected(filter), options, deps)), asFile);
      }
      if (cursor !== undefined && (await deps.orders.find(cursor)) === undefined)
        throw invalidField("cursor", "no order has this id");
      const { rows, next } = await deps.search.searchOrders(selected(filter), { cursor, limit });
      const found = await Promise.all(rows.map(({ orderId }) => deps.orders.find(orderId)));
      const orders = found.flatMap((order) =>
        order ? [orderJson(order, c.get("caller"), deps)] : [],
      );
      return reply(200, { orders, nextCursor: next });
    },
  }),
  route({
    ...at("GET /api/orders/:orderId", "getOrder", "orders"),
    summary: "Get an order",
    caller: visitor,
    params: { orderId },
    answers: { 200: { description: "The order", schema: Order } },
    async handle({ c, params }, deps) {
      const order = await loadOrder(params.orderId, deps);
      return reply(200, orderJson(order, c.get("caller"), deps));
    },
  }),
  route({
    ...at("GET /api/orders/:orderId/history", "getHistory", "orders"),
    summary: "Get the history of an order, in both services",
    caller: reader,
    params: { orderId },
    answers: { 200: { description: "Oldest first", schema: schemas.History } },
    refusals: ["payment_unavailable"],
    async handle({ params }, deps) {
      const { orderId } = await loadOrder(params.orderId, deps);
      const [own, payment] = await Promise.all([
        deps.listHistory(orderId),
        deps.payments.history({ orderId }),
      ]);
      return reply(200, { orderId, history: inOrder(own, payment.history) });
    },
  }),
  route({
    ...at("POST /api/orders/:orderId/cancel", "cancelOrder", "orders"),
    summary: "Cancel an unpaid order",
    description: "Safe to repeat: a cancelled order stays cancelled.",
    caller: owner,
    params: { orderId },
    answers: { 200: { description: "The order", schema: Order } },
    refusals: ["order_not_cancelable", ...callErrors],
    async handle({ c, params }, deps) {
      const caller = c.get("caller");
      requireOwner(caller, await loadOrder(params.orderId, deps));
      return reply(200, orderJson(await cancelOrder(params, deps), caller, deps));
    },
  }),
  route({
    ...at("GET /api/products", "listProducts", "products"),
    summary: "List products on sale",
    caller: visitor,
    answers: { 200: { description: "Products", schema: schemas.ProductList } },
    handle: (_, deps) =>
      reply(200, { products: deps.products().map(({ description: _, ...product }) => product) }),
  }),
  route({
    ...at("POST /api/customers/erase", "eraseCustomer", "orders"),
    summary: "Remove a customer's name and e-mail from their orders",
    description:
      "For a customer who requests erasure. The orders are kept without names; those that can still be paid are cancelled first. One call handles up to a thousand orders; it is safe to repeat.",
    caller: admin,
    body: json(schemas.Erase),
    answers: { 200: { description: "The erased and the kept orders", schema: schemas.Erasure } },
    refusals: ["order_not_cancelable", ...callErrors],
    async handle({ body }, deps) {
      // the audit keeps only a mask; each order's history shows its erasure
      const { email, includePaid } = body;
      const subject = maskEmail(email);
      await deps.audit({ action: "customer.erased", subject, detail: { includePaid } });
      return reply(200, await eraseCustomer(body, deps));
    },
  }),
];

/** Whether the Accept header prefers CSV to JSON. */
function wantsCsv(c: Context): boolean {
  const supports = ["application/json", "text/csv"];
  return accepts(c, { header: "Accept", supports, default: "application/json" }) === "text/csv";
}

const asFile = { "Content-Disposition": 'attachment; filename="orders.csv"' };

/** Members that only the merchant may set. */
const merchantsOwn = ["orderName", "amount", "merchantReference", "metadata", "returnUrl"];

/** Valibot's record accepts an array, and silently drops names that could pollute prototypes or that are equal once trimmed. */
function requirePlainNames(metadata: unknown): void {
  const given = Object.keys(metadata ?? {});
  const names = new Set(given.map((name) => name.slice(0, 200).normalize().trim()));
  const isOdd = ["__proto__", "prototype", "constructor"].some((name) => names.has(name));
  if (Array.isArray(metadata) || isOdd || names.size < given.length)
    throw invalidField("metadata", "must be an object of texts, with names of your own");
}

type Filter = Omit<v.InferOutput<typeof ListQuery>, "limit" | "cursor">;

function selected({ from, to, email, merchantReference, orderNumber, ...rest }: Filter) {
  if (from && to && from > to) throw invalidField("to", "must not be before from");
  const terms: OrderTerm[] = [];
  // the search uses the first term's index: unique terms come first
  if (orderNumber !== undefined) terms.push({ kind: "number", text: orderNumber });
  if (merchantReference !== undefined) terms.push({ kind: "reference", text: merchantReference });
  if (email !== undefined) terms.push({ kind: "email", text: email });
  const [first, ...allOf] = terms;
  return { ...rest, ...placedBetween(from, to), anyOf: first && [first], allOf };
}
