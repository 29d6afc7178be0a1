import type { OrderFacts } from "@payflow/shared";
import { Order } from "../domain/order.ts";
import { applyPayment } from "./apply_payment.ts";
import type { OrderDeps, SweepProgress } from "./ports.ts";

export type SweepDeps = OrderDeps & {
  /** Orders that wait for their payment for longer than `minAgeMs`, by id. */
  readonly listUnsettled: (page: {
    minAgeMs: number;
    afterId: string;
    limit: number;
  }) => Promise<readonly Order[]>;
  /** A healthy event takes milliseconds; whoever waits this long may wait for one that is lost. */
  readonly unsettledAfterMs: number;
  readonly progress: SweepProgress;
  readonly onFault: (orderId: string, error: unknown) => void;
};

const pageMax = 200;

/**
 * Compares orders that still wait with what payment says of them, and tells payment of those that it has not heard of:
 * so whatever became of the events, both agree again. Returns how many orders had missed a change of their status.
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

/** Where the first sweep of all begins. */
const startsBackMs = 15 * 60_000;
/** Changes are dated by their decision, which comes a little before it is written. */
const overlapMs = 60_000;

/**
 * What payment's rows became since the last sweep is compared too: a settled order may have been refunded. Returns how
 * many orders had missed a change of their status.
 */
export async function sweepChanges(deps: SweepDeps): Promise<number> {
  let behind = 0;
  let isDone = true;
  const since = (await deps.progress.read()) ?? (await begin(deps));
  for (let place = { since: minus(since, overlapMs), afterId: "" }; ;) {
    const page = await deps.payments.listChanged({ ...place, limit: pageMax });
    for (const { changedAt: _, ...snapshot } of page) {
      const order = await deps.orders.find(snapshot.orderId);
      const seen = order && Order.paymentVersion(order);
      if (seen === undefined || snapshot.paymentVersion <= seen) continue;
      try {
        await deps.faultPoint("sweep:listed");
        const after = await applyPayment(
          { snapshot, cause: "sweepPayments" },
          deps,
        );
        await deps.faultPoint("sweep:applied");
        if (after.status !== order?.status) behind += 1;
      } catch (error) {
        isDone = false;
        deps.onFault(snapshot.orderId, error);
      }
    }
    const last = page.at(-1);
    if (last === undefined) return behind;
    // by payment's own clock, so that a difference between the two clocks leaves nothing out
    if (isDone) await deps.progress.advance(last.changedAt);
    if (page.length < pageMax) return behind;
    place = { since: last.changedAt, afterId: last.orderId };
  }
}

async function begin(deps: SweepDeps): Promise<string> {
  const since = minus(deps.now(), startsBackMs);
  await deps.progress.advance(since);
  return since;
}

function minus(time: string, ms: number): string {
  return new Date(Date.parse(time) - ms).toISOString();
}

async function follow(
  facts: readonly OrderFacts[],
  orders: readonly Order[],
  deps: SweepDeps,
): Promise<number> {
  const known = new Map(orders.map((order) => [order.orderId, order]));
  let behind = 0;
  for (const snapshot of await deps.payments.compare(facts)) {
    const order = known.get(snapshot.orderId);
    if (!order || snapshot.paymentVersion <= Order.paymentVersion(order))
      continue;
    try {
      await deps.faultPoint("sweep:compared");
      const after = await applyPayment(
        { snapshot, cause: "sweepPayments" },
        deps,
      );
      if (after.status !== order.status) behind += 1;
    } catch (error) {
      deps.onFault(snapshot.orderId, error);
    }
  }
  return behind;
}
