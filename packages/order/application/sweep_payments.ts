import type { OrderFacts } from "@payflow/shared";
import { Order } from "../domain/order.ts";
import { applyPayment } from "./apply_payment.ts";
import type { OrderDeps } from "./ports.ts";

export type SweepDeps = OrderDeps & {
  /** Orders that wait for their payment for longer than `minAgeMs`, by id. */
  readonly listUnsettled: (page: {
    minAgeMs: number;
    afterId: string;
    limit: number;
  }) => Promise<readonly Order[]>;
  /** A healthy event takes milliseconds; whoever waits this long may wait for one that is lost. */
  readonly unsettledAfterMs: number;
  readonly onFault: (orderId: string, error: unknown) => void;
};

const pageMax = 200;

/**
 * Compares orders that still wait with what payment says of them, and tells payment of those that it has not heard of:
 * so whatever became of the events, both agree again. Returns how many orders were behind.
 */
export async function sweepUnsettled(deps: SweepDeps): Promise<number> {
  let behind = 0;
  for (let afterId = ""; ;) {
    const orders = await deps.listUnsettled({
      minAgeMs: deps.unsettledAfterMs,
      afterId,
      limit: pageMax,
    });
    if (orders.length > 0)
      behind += await follow(orders.map(Order.facts), orders, deps);
    if (orders.length < pageMax) return behind;
    afterId = orders.at(-1)?.orderId ?? "";
  }
}

/** Events of the last quarter of an hour before this process began may have been lost with a broker's disk. */
const startsBackMs = 15 * 60_000;
/** Changes are dated by their decision, which comes a little before it is written. */
const overlapMs = 60_000;

/** What payment's rows became lately is compared too: a settled order may have been refunded since. */
export function createSweepOfChanges(deps: SweepDeps): () => Promise<number> {
  let from = minus(deps.now(), startsBackMs);
  return async () => {
    const begunAt = deps.now();
    let behind = 0;
    for (let place = { since: from, afterId: "" }; ;) {
      const page = await deps.payments.listChanged({
        ...place,
        limit: pageMax,
      });
      for (const { changedAt: _, ...snapshot } of page) {
        const order = await deps.orders.find(snapshot.orderId);
        if (
          order === undefined ||
          snapshot.paymentVersion <= Order.paymentVersion(order)
        )
          continue;
        await applyPayment({ snapshot, cause: "sweepPayments" }, deps);
        behind += 1;
      }
      const last = page.at(-1);
      if (last === undefined || page.length < pageMax) break;
      place = { since: last.changedAt, afterId: last.orderId };
    }
    from = minus(begunAt, overlapMs);
    return behind;
  };
}

function minus(time: string, ms: number): string {
  return new Date(Date.parse(time) - ms).toISOString();
}

async function follow(
  facts: readonly OrderFacts[],
  orders: readonly Order[],
  deps: SweepDeps,
): Promise<number> {
  const versions = new Map(
    orders.map((order) => [order.orderId, Order.paymentVersion(order)]),
  );
  let behind = 0;
  for (const snapshot of await deps.payments.compare(facts)) {
    if (snapshot.paymentVersion <= (versions.get(snapshot.orderId) ?? 0))
      continue;
    try {
      await applyPayment({ snapshot, cause: "sweepPayments" }, deps);
      behind += 1;
    } catch (error) {
      deps.onFault(snapshot.orderId, error);
    }
  }
  return behind;
}
