import { doubtOf, type Compared, type PaymentSnapshot } from "@payflow/shared";
import { Order } from "../domain/order.ts";
import { applyPayment } from "./apply_payment.ts";
import { refusedBy } from "./confirm_order.ts";
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
  /** True for a fault that will pass by itself. */
  readonly isPassing: (error: unknown) => boolean;
  readonly onFault: (orderId: string, error: unknown) => void;
  /** A payment whose order is not there: the order's database was put back. Kept for an operator to see. */
  readonly onOrphan: (payment: PaymentSnapshot) => Promise<void>;
};

const pageMax = 200;

/**
 * Compares orders that still wait with what payment says of them, and tells payment of those that it has not heard of:
 * so whatever became of the events, both agree again. Returns how many orders had missed a change of their status.
 */
export async function sweepUnsettled(deps: SweepDeps, signal?: AbortSignal): Promise<number> {
  let behind = 0;
  for (let afterId = ""; !signal?.aborted;) {
    const orders = await deps.listUnsettled({
      minAgeMs: deps.unsettledAfterMs,
      afterId,
      limit: pageMax,
    });
    behind += (await settleOrders(orders, deps, signal)).behind;
    if (orders.length < pageMax) break;
    afterId = orders.at(-1)?.orderId ?? "";
  }
  return behind;
}

/** Makes orders follow what payment says of each, once it has learnt what it lacked of what they know. */
export async function settleOrders(
  orders: readonly Order[],
  deps: SweepDeps,
  signal?: AbortSignal,
): Promise<{ readonly behind: number; readonly isWhole: boolean }> {
  const { payments, refused } = await compare(orders, deps, signal);
  const known = new Map(orders.map((order) => [order.orderId, order]));
  let behind = 0;
  let isWhole = true;
  const failed = (orderId: string, error: unknown) => {
    // an order that can never follow must not keep all later sweeps from getting on
    if (deps.isPassing(error)) isWhole = false;
    deps.onFault(orderId, error);
  };
  for (const { orderId, refusal } of refused) failed(orderId, refusedBy(refusal));
  for (const snapshot of payments) {
    const order = known.get(snapshot.orderId);
    if (!order || snapshot.paymentVersion <= Order.paymentVersion(order)) continue;
    try {
      await deps.faultPoint("sweep:compared");
      const after = await applyPayment({ snapshot, cause: "sweepPayments" }, deps);
      if (after.status !== order.status) behind += 1;
    } catch (error) {
      failed(snapshot.orderId, error);
    }
  }
  return { behind, isWhole };
}

/** One order of which payment can't speak costs no other its comparison: the page is halved until that order is alone. */
async function compare(
  orders: readonly Order[],
  deps: SweepDeps,
  signal: AbortSignal | undefined,
): Promise<Compared> {
  const [first, second] = orders;
  if (first === undefined || signal?.aborted) return { payments: [], refused: [] };
  try {
    const facts = orders.map(Order.facts);
    return await deps.payments.compare({ facts, known: orders.map(Order.known) });
  } catch (error) {
    // throws when payment, or its database, is away: then it is no order's fault
    const since = deps.now();
    await deps.payments.listChanged({ since, afterId: "", limit: 1 });
    if (second === undefined) {
      deps.onFault(first.orderId, error);
      return { payments: [], refused: [] };
    }
  }
  const middle = Math.ceil(orders.length / 2);
  const [former, latter] = [
    await compare(orders.slice(0, middle), deps, signal),
    await compare(orders.slice(middle), deps, signal),
  ];
  return {
    payments: [...former.payments, ...latter.payments],
    refused: [...former.refused, ...latter.refused],
  };
}

/** Where the first sweep of all begins. */
const startsBackMs = 15 * 60_000;
/** Changes are dated by their statement, which may wait for a lock, ten seconds at the most, before others see it. */
export const overlapMs = 60_000;

/**
 * What payment's rows became since the last sweep is compared too: a settled order may have been refunded. Returns how
 * many orders had missed a change of their status.
 */
export async function sweepChanges(deps: SweepDeps, signal?: AbortSignal): Promise<number> {
  let behind = 0;
  let isWhole = true;
  // payments may change faster than pages are read: what changes from here on is the next sweep's
  const until = deps.now();
  const since = (await deps.progress.read()) ?? (await begin(deps));
  let place = { since: minus(since, overlapMs), afterId: "" };
  for (;;) {
    const page = await deps.payments.listChanged({ ...place, limit: pageMax });
    for (const { changedAt: _, ...snapshot } of page) {
      if (signal?.aborted) return behind;
      const order = await deps.orders.find(snapshot.orderId);
      if (order === undefined) {
        await deps.onOrphan(snapshot);
        continue;
      }
      try {
        await deps.faultPoint("sweep:listed");
        if (doubtOf(snapshot, order.payment) !== null) {
          // payment's database was put back, and it has yet to learn what this order knows
          const settled = await settleOrders([order], deps, signal);
          behind += settled.behind;
          if (!settled.isWhole) isWhole = false;
          continue;
        }
        if (snapshot.paymentVersion <= Order.paymentVersion(order)) continue;
        const after = await applyPayment({ snapshot, cause: "sweepPayments" }, deps);
        await deps.faultPoint("sweep:applied");
        if (after.status !== order.status) behind += 1;
      } catch (error) {
        // an order that can never follow must not keep all later sweeps from getting on
        if (deps.isPassing(error)) isWhole = false;
        deps.onFault(snapshot.orderId, error);
      }
    }
    const last = page.at(-1);
    if (last === undefined) return behind;
    // by payment's own clock, so that a difference between the two clocks leaves nothing out
    if (isWhole) await deps.progress.advance(last.changedAt);
    if (page.length < pageMax || last.changedAt > until) return behind;
    place = { since: last.changedAt, afterId: last.orderId };
  }
}

async function begin(deps: SweepDeps): Promise<string> {
  const since = minus(deps.now(), startsBackMs);
  await deps.progress.advance(since);
  return since;
}

export function minus(time: string, ms: number): string {
  return new Date(Date.parse(time) - ms).toISOString();
}
