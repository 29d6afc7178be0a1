import { type OrderStatus, orderStatuses } from "@payflow/shared";
import type { OrderFilter } from "./contract.ts";
import { ordersKo } from "./messages/orders.ts";

export const filterMethods = Object.keys(ordersKo.methods);

/** The filter in a query; ignores values that the search form never sends. */
export function readOrderFilter(query: URLSearchParams): OrderFilter {
  const text = (name: string) => query.get(name)?.trim().slice(0, 200) || undefined;
  const status = text("status");
  const method = text("method");
  return {
    q: text("q"),
    status: orderStatuses.find((known): known is OrderStatus => known === status),
    method: filterMethods.find((known) => known === method),
    from: text("from"),
    to: text("to"),
  };
}

/** The filter as a query. */
export function writeOrderFilter(filter: OrderFilter): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) if (value) query.set(name, value);
  return query;
}
