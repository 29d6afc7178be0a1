import { Hono, type Context } from "hono";
import * as v from "valibot";
import { AppError, OrderId, type PaymentView } from "@payflow/shared";
import { parseInput, readJson, readQuery, type RateLimit } from "@payflow/shared/http";
import { orderNotFound } from "../application/apply_payment.ts";
import { cancelOrder } from "../application/cancel_order.ts";
import type { Confirming, ConfirmOrder } from "../application/confirm_order.ts";
import { placeOrder, type PlaceOrder } from "../application/place_order.ts";
import type { OrderDeps } from "../application/ports.ts";
import type { Order } from "../domain/order.ts";
import { actorOf, requireMerchant, type Caller, type CallerVariables } from "./caller.ts";
import { claimOf } from "./idempotency.ts";
import { orderJson, paymentJson, productsJson } from "./order_json.ts";
import { CartOrder, ConfirmInput, ListInput, PricedOrder } from "./order_input.ts";
import type { OrderListOutput } from "./order_output.ts";

export type OrderRoutesDeps = OrderDeps & {
  readonly rateLimit: RateLimit;
  readonly confirming: Confirming;
  readonly checkoutUrl: (order: Pick<Order, "orderId" | "expiresAt">) => string;
  readonly anonymousScope: (address: string) => string;
  readonly listOrders: (filter: v.InferOutput<typeof ListInput>) => Promise<Order[]>;
};

type Env = { Variables: CallerVariables };

/** The public REST API: parses, calls a use case, shapes the answer. */
export function orderRoutes(deps: OrderRoutesDeps): Hono<Env> {
  const json = (order: Order, isPrivy: boolean) =>
    orderJson(order, { isPrivy, checkoutUrl: deps.checkoutUrl(order) });
  const isPrivy = (caller: Caller, order: Order) => caller.isMerchant || caller.sees(order);

  async function find(orderId: string): Promise<Order | undefined> {
    return v.is(OrderId, orderId) ? await deps.orders.find(orderId) : undefined;
  }

  async function orderOf(c: Context<Env>): Promise<Order> {
    const orderId = c.req.param("orderId") ?? "";
    const order = await find(orderId);
    if (order === undefined) throw orderNotFound(orderId);
    return order;
  }

  return new Hono<Env>()
    .get("/api/products", (c) => c.json(productsJson(deps.products())))
    .post("/api/orders", async (c) => {
      const caller = c.get("caller");
      if (!caller.isMerchant) deps.rateLimit.take(c.get("clientAddress"));
      const body = await readJson(c, v.record(v.string(), v.unknown()));
      const command = await placeCommand(c, body, deps);
      const { order, replayed } = await placeOrder(command, deps);
      // a repeated request is answered like the first, but opens nothing: whoever sent it knows what was in it anyway
      if (replayed) c.header("Idempotent-Replayed", "true");
      else if (command.sessionId !== null) caller.beginSession(command.sessionId);
      c.header("Location", `/api/orders/${order.orderId}`);
      const { checkoutUrl, ...placed } = json(order, true);
      return c.json(isPrivy(caller, order) ? { ...placed, checkoutUrl } : placed, 201);
    })
    .get("/api/orders", async (c) => {
      requireMerchant(c.get("caller"));
      const filter = readQuery(c, ListInput);
      const { cursor } = filter;
      if (cursor !== undefined && (await find(cursor)) === undefined) {
        const message = "no order has this id";
        throw new AppError("invalid", "invalid_request", `cursor: ${message}`, {
          errors: [{ path: "cursor", message }],
        });
      }
      const found = await deps.listOrders({ ...filter, limit: filter.limit + 1 });
      const page = found.slice(0, filter.limit);
      const nextCursor = found.length > filter.limit ? (page.at(-1)?.orderId ?? null) : null;
      const answer: OrderListOutput = {
        orders: page.map((order) => json(order, true)),
        nextCursor,
      };
      return c.json(answer);
    })
    .get("/api/orders/:orderId", async (c) => {
      const order = await orderOf(c);
      return c.json(json(order, isPrivy(c.get("caller"), order)));
    })
    .post("/api/orders/:orderId/cancel", async (c) => {
      const order = await orderOf(c);
      const { orderId } = order;
      const by = actorOf(c.get("caller"), order);
      return c.json(json(await cancelOrder({ orderId, by }, deps), true));
    })
    .post("/api/payments/confirm", async (c) => {
      const caller = c.get("caller");
      const command = await readJson(c, ConfirmInput);
      const address = c.get("clientAddress");
      const payment = await confirmWithin(deps, { caller, address, command });
      const order = await deps.orders.find(command.orderId);
      const shown = paymentJson(payment, {
        isPrivy: order !== undefined && isPrivy(caller, order),
      });
      if (payment.status !== "IN_PROGRESS") return c.json(shown);
      c.header("Retry-After", "5");
      return c.json(shown, 202);
    })
    .get("/api/payments/:orderId{(?!confirm$)[^/]+}", async (c) => {
      const order = await find(c.req.param("orderId"));
      const [payment] = order ? await deps.payments.find([order.orderId]) : [];
      if (order === undefined || payment === undefined) {
        throw new AppError(
          "not_found",
          "payment_not_found",
          "There is no payment for this order (yet)",
        );
      }
      return c.json(paymentJson(payment, { isPrivy: isPrivy(c.get("caller"), order) }));
    });
}

/**
 * Confirms, within the limit of the caller's address. A paymentKey that is stored already may always be asked about
 * again, since its answer is owed to whoever paid; so may one that is being confirmed, which costs nothing.
 */
export async function confirmWithin(
  { confirming, payments, rateLimit }: OrderRoutesDeps,
  call: {
    readonly caller: Pick<Caller, "isMerchant" | "sees">;
    readonly address: string;
    readonly command: ConfirmOrder;
  },
): Promise<PaymentView> {
  const { caller, address, command } = call;
  if (!caller.isMerchant && !confirming.isUnderWay(command)) {
    try {
      rateLimit.take(address);
    } catch (limited) {
      const [payment] = await payments.find([command.orderId]);
      if (!payment?.paymentKeys?.includes(command.paymentKey)) throw limited;
    }
  }
  const isPrivy = (order: Order) => caller.isMerchant || caller.sees(order);
  return await confirming.confirm({ ...command, isPrivy });
}

async function placeCommand(
  c: Context<Env>,
  body: Record<string, unknown>,
  deps: OrderRoutesDeps,
): Promise<PlaceOrder> {
  const caller = c.get("caller");
  const priced = "orderName" in body || "amount" in body;
  if (priced) requireMerchant(caller);
  const request = parseInput(priced ? PricedOrder : CartOrder, body);
  const { customerName, customerEmail, ...what } = request;
  const sessionId = caller.isMerchant ? null : (caller.sessionId ?? crypto.randomUUID());
  const key = c.req.header("Idempotency-Key");
  const anonymousScope = deps.anonymousScope(c.get("clientAddress"));
  const call = { key, caller, request, anonymousScope };
  const claim = await claimOf(call, deps.orders);
  return { what, customerName, customerEmail, sessionId, claim };
}
