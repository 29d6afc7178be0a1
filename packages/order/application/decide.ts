import { AppError, type Change, type OrderEvent } from "@payflow/shared";
import { Order, type Moment } from "../domain/order.ts";
import { mailsOf } from "../domain/order_mails.ts";
import type { FromOrder, OrderDeps, Recorded } from "./ports.ts";

/** So many others in a row got in between only when something is wrong. */
const staleMax = 20;

/**
 * Loads, decides and saves until the decision was made on the newest version. `decide` returns undefined when there is
 * nothing to change; a message is then remembered as handled. Returns the order as it then is. Throws AppError
 * `order_not_found`, `order_busy`.
 */
export async function decideAndSave(
  options: Recorded & {
    readonly orderId: string;
    /** As the caller has loaded it, perhaps a while ago: decided on before it is loaded anew. */
    readonly presumed?: Order | undefined;
    readonly decide: (order: Order, moment: Moment) => Change<Order, OrderEvent> | undefined;
  },
  deps: Pick<OrderDeps, "orders" | "now" | "newId" | "faultPoint">,
): Promise<Order> {
  const { orderId, decide, presumed, ...recorded } = options;
  for (let stale = presumed ? -1 : 0; stale < staleMax; stale++) {
    const order = stale < 0 && presumed ? presumed : await loadOrder(orderId, deps);
    const change = decide(order, { now: deps.now(), newId: deps.newId });
    if (change === undefined) {
      // only what was loaded now shows that there is nothing to do
      if (stale < 0) continue;
      if (recorded.message !== undefined) await deps.orders.take(recorded.message);
      return order;
    }
    const result = await deps.orders.save(withMails(order, change), recorded);
    await deps.faultPoint("apply:saved");
    if (result === "saved") return change.state;
    if (result === "handled") return order;
  }
  const text = `Order "${orderId}" is being changed by many at once`;
  throw new AppError("unavailable", "order_busy", text, { retryAfterSeconds: 1 });
}

/** The change with the mails that it causes, which are written with it. */
export function withMails(
  before: Order | null,
  change: Change<Order, OrderEvent>,
): Change<Order, OrderEvent> {
  const { orderId } = change.state;
  const mails = mailsOf(before, change.state);
  const journal = mails.map((facts) => ({ kind: facts.kind, facts, order_id: orderId }));
  return journal.length === 0 ? change : { ...change, journal };
}

/** Throws AppError `order_not_found`. */
export async function loadOrder(
  orderId: string,
  { orders }: Pick<OrderDeps, "orders">,
): Promise<Order> {
  const order = await orders.find(orderId);
  if (order === undefined) throw orderNotFound(orderId);
  return order;
}

export function orderNotFound(orderId: string): AppError {
  return new AppError("not_found", "order_not_found", `There is no order "${orderId}"`);
}

export function fromOrder(order: Order): FromOrder {
  return {
    facts: Order.facts(order),
    known: { placedAt: order.createdAt, snapshot: order.payment },
  };
}
