import { AppError, type FromOrder, type Recorded } from "@payflow/shared";
import { Order, type Moment, type OrderChange } from "../domain/order.ts";
import { mailsOf } from "../domain/order_mails.ts";
import type { OrderDeps } from "./ports.ts";

/** Version conflicts in a row after which the save gives up: normal contention causes fewer. */
const staleMax = 20;

/**
 * Loads an order, decides and saves by optimistic lock; retries on a version conflict. `decide` returns undefined when
 * nothing changes; the message is then recorded as handled. Returns the resulting order. Throws AppError
 * `order_not_found`, `order_busy`.
 */
export async function decideAndSave(
  options: Recorded & {
    readonly orderId: string;
    /** The caller's copy, perhaps stale: used for the first try, which saves a query. */
    readonly presumed?: Order | undefined;
    readonly decide: (order: Order, moment: Moment) => OrderChange | undefined;
  },
  deps: Pick<OrderDeps, "orders" | "now" | "newId" | "faultPoint">,
): Promise<Order> {
  const { orderId, decide, presumed, ...recorded } = options;
  for (let stale = presumed ? -1 : 0; stale < staleMax; stale++) {
    const order = stale < 0 && presumed ? presumed : await loadOrder(orderId, deps);
    const change = decide(order, { now: deps.now(), newId: deps.newId });
    if (change === undefined) {
      // a stale copy does not prove that nothing changes: decide on a fresh one
      if (stale < 0) continue;
      if (recorded.message !== undefined) await deps.orders.markHandled(recorded.message);
      return order;
    }
    const result = await deps.orders.save(withMails(order, change), recorded);
    await deps.faultPoint("apply:saved");
    if (result === "saved") return change.state;
    if (result === "handled") return order;
  }
  const text = `Order "${orderId}" has too many concurrent changes`;
  throw new AppError("unavailable", "order_busy", text, { retryAfterSeconds: 1 });
}

/** Adds the mails that the change causes, so that one statement writes both. */
export function withMails(before: Order | null, change: OrderChange): OrderChange {
  const { orderId } = change.state;
  const mails = mailsOf(before, change.state);
  const journal = mails.map((facts) => ({ kind: facts.kind, facts, order_id: orderId }));
  return journal.length === 0 ? change : { ...change, journal };
}

/** Throws AppError `order_not_found`. */
export async function loadOrder(orderId: string, { orders }: Pick<OrderDeps, "orders">) {
  const order = await orders.find(orderId);
  if (order === undefined) throw orderNotFound(orderId);
  return order;
}

export function orderNotFound(orderId: string): AppError {
  return new AppError("not_found", "order_not_found", `There is no order "${orderId}"`);
}

export function fromOrder(order: Order): FromOrder {
  const known = { placedAt: order.createdAt, snapshot: order.payment };
  return { facts: Order.facts(order), known };
}
