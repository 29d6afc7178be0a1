import type { TimelineEntry } from "@payflow/ui";
import type { OrderDeps } from "../application/ports.ts";
import type { HistoryDeps } from "./order_routes.ts";
import { orderTimeline } from "./order_timeline.ts";

/** A page waits no longer for its story: what can't be told in this time is left out. */
const waitMs = 1_000;

type TimelineDeps = Pick<OrderDeps, "orders" | "payments"> &
  HistoryDeps & { readonly timelineWaitMs?: number };

/** What happened to an order and its money, oldest first, as far as it can be learnt in a second. Never throws. */
export async function listTimeline(
  orderId: string,
  deps: TimelineDeps,
): Promise<readonly TimelineEntry[]> {
  const late = new AbortController();
  const limit = setTimeout(() => late.abort(), deps.timelineWaitMs ?? waitMs);
  const inTime = <T>(answer: Promise<T>) => settledBefore(late.signal, answer);
  try {
    const [order, own, history, views] = await Promise.all([
      inTime(deps.orders.find(orderId)),
      inTime(deps.listHistory(orderId)),
      inTime(deps.payments.listHistory(orderId)),
      inTime(deps.payments.find([orderId])),
    ]);
    if (order === undefined) return [];
    const story = history && views && { history, view: views[0] };
    return orderTimeline(order, own ?? [], story);
  } finally {
    clearTimeout(limit);
  }
}

/** The answer, or undefined when there was none in time; whoever failed has told the log. */
function settledBefore<T>(limit: AbortSignal, answer: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve) => {
    limit.addEventListener("abort", () => resolve(undefined));
    answer.then(resolve, () => resolve(undefined));
  });
}
