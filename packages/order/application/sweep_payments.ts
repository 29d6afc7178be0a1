import { doubtOf, type Compared, type PaymentSnapshot } from "@payflow/shared";
import { Order } from "../domain/order.ts";
import { applyPayment, refusedBy } from "./apply_payment.ts";
import { fromOrder } from "./decide.ts";
import type { OrderDeps, OrderQueries, SweepProgress } from "./ports.ts";

type Queries = Pick<OrderQueries, "listUnsettled" | "listFollowed" | "listFollowedBefore">;

export type SweepDeps = OrderDeps &
  Queries & {
    /** A healthy event takes milliseconds; an order that waits this long may wait for one that is lost. */
    readonly unsettledAfterMs: number;
    readonly progress: SweepProgress;
    readonly followedProgress: SweepProgress;
    /** True for a failure that will pass by itself. */
    readonly isPassing: (error: unknown) => boolean;
    readonly onFault: (orderId: string, error: unknown) => void;
    /** A payment whose order is not there: the order's database was put back. Kept for an operator to see. */
    readonly onOrphan: (payment: PaymentSnapshot) => Promise<void>;
  };

/** What a sweep has found so far. */
export type Tally = {
  /** Orders that had missed a change of their status. */
  behind: number;
  /** False once an order could not follow, and may the next time. */
  isWhole: boolean;
};

const pageMax = 200;

/**
 * Compares orders that still wait with their payments, and tells payment of those that it has not heard of: so whatever
 * became of the events, both agree again. Returns how many orders had missed a change of their status.
 */
export async function sweepUnsettled(deps: SweepDeps, signal?: AbortSignal): Promise<number> {
  const tally: Tally = { behind: 0, isWhole: true };
  for (let afterId = ""; !signal?.aborted;) {
    const page = { minAgeMs: deps.unsettledAfterMs, afterId, limit: pageMax };
    const orders = await deps.listUnsettled(page);
    await settleOrders(orders, { tally, signal }, deps);
    if (orders.length < pageMax) break;
    afterId = orders.at(-1)?.orderId ?? "";
  }
  return tally.behind;
}

/** Makes orders follow their payments, once payment has learnt what it lacked of what they know. */
export async function settleOrders(
  orders: readonly Order[],
  sweep: { readonly tally: Tally; readonly signal: AbortSignal | undefined },
  deps: SweepDeps,
): Promise<void> {
  const { tally, signal } = sweep;
  const { payments, refused } = await compare(orders, deps, signal);
  const known = new Map(orders.map((order) => [order.orderId, order]));
  for (const { orderId, refusal } of refused)
    await attempt(orderId, { tally, deps }, () => Promise.reject(refusedBy(refusal)));
  for (const snapshot of payments) {
    const order = known.get(snapshot.orderId);
    if (order === undefined) continue;
    await attempt(order.orderId, { tally, deps }, async () => {
      await deps.faultPoint("sweep:compared");
      await follow(order, snapshot, tally, deps);
    });
  }
}

/** An order that can never follow must not keep all later sweeps from going on. */
async function attempt(
  orderId: string,
  { tally, deps }: { readonly tally: Tally; readonly deps: SweepDeps },
  work: () => Promise<void>,
): Promise<void> {
  await work().catch((error: unknown) => {
    if (deps.isPassing(error)) tally.isWhole = false;
    deps.onFault(orderId, error);
  });
}

async function follow(order: Order, snapshot: PaymentSnapshot, tally: Tally, deps: SweepDeps) {
  if (snapshot.paymentVersion <= Order.paymentVersion(order)) return;
  const after = await applyPayment({ snapshot, cause: "sweepPayments" }, deps);
  if (after.status !== order.status) tally.behind += 1;
}

/** One order that payment can't compare costs no other its comparison: the page is halved until that order is alone. */
async function compare(
  orders: readonly Order[],
  deps: SweepDeps,
  signal: AbortSignal | undefined,
): Promise<Compared> {
  const [first, second] = orders;
  if (first === undefined || signal?.aborted) return { payments: [], refused: [] };
  try {
    const sent = orders.map(fromOrder);
    return await deps.payments.compare({
      facts: sent.map(({ facts }) => facts),
      known: sent.map(({ known }) => known),
    });
  } catch (error) {
    // throws when payment, or its database, is away: then it is no order's failure
    await deps.payments.listChanged({ since: deps.now(), afterId: "", limit: 1 });
    if (second === undefined) {
      deps.onFault(first.orderId, error);
      return { payments: [], refused: [] };
    }
  }
  const middle = Math.ceil(orders.length / 2);
  const former = await compare(orders.slice(0, middle), deps, signal);
  const latter = await compare(orders.slice(middle), deps, signal);
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
 * Payments that changed since the last sweep are compared too: a settled order may have been refunded. Returns how
 * many orders had missed a change of their status.
 */
export async function sweepChanges(deps: SweepDeps, signal?: AbortSignal): Promise<number> {
  const tally: Tally = { behind: 0, isWhole: true };
  // payments may change faster than pages are read: what changes from here on is the next sweep's
  const until = deps.now();
  let since = await deps.progress.read();
  if (since === undefined) {
    since = minus(until, startsBackMs);
    await deps.progress.advance(since);
  }
  let place = { since: minus(since, overlapMs), afterId: "" };
  for (;;) {
    const page = await deps.payments.listChanged({ ...place, limit: pageMax });
    for (const { changedAt: _, ...snapshot } of page) {
      if (signal?.aborted) return tally.behind;
      const order = await deps.orders.find(snapshot.orderId);
      if (order === undefined) {
        await deps.onOrphan(snapshot);
        continue;
      }
      await attempt(order.orderId, { tally, deps }, async () => {
        await deps.faultPoint("sweep:listed");
        // payment's database was put back, and it has yet to learn what this order knows
        if (doubtOf(snapshot, order.payment) !== null)
          await settleOrders([order], { tally, signal }, deps);
        else await follow(order, snapshot, tally, deps);
        await deps.faultPoint("sweep:applied");
      });
    }
    const last = page.at(-1);
    if (last === undefined) return tally.behind;
    // by payment's own clock, so that a difference between the two clocks leaves nothing out
    if (tally.isWhole) await deps.progress.advance(last.changedAt);
    if (page.length < pageMax || last.changedAt > until) return tally.behind;
    place = { since: last.changedAt, afterId: last.orderId };
  }
}

export function minus(time: string, ms: number): string {
  return new Date(Date.parse(time) - ms).toISOString();
}
