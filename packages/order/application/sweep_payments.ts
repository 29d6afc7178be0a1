import { doubtOf, plusMs, type PaymentSnapshot, type SweepProgress } from "@payflow/shared";
import { Order } from "../domain/order.ts";
import { applyPayment, refusedBy } from "./apply_payment.ts";
import { fromOrder } from "./decide.ts";
import type { ChangesPage, OrderDeps, OrderQueries } from "./ports.ts";

type Queries = Pick<OrderQueries, "listUnsettled" | "listFollowed" | "listFollowedBefore">;

export type SweepDeps = OrderDeps &
  Queries & {
    /** Age from which orders are compared: events take milliseconds, so an older order may have missed one. */
    readonly unsettledAfterMs: number;
    readonly progress: SweepProgress;
    readonly followedProgress: SweepProgress;
    /** True for a transient failure. */
    readonly isTemporary: (error: unknown) => boolean;
    readonly onFault: (orderId: string, error: unknown) => void;
    /** Stores a payment without an order for operators. It shows that order's database was restored. */
    readonly onOrphan: (payment: PaymentSnapshot) => Promise<void>;
  };

/** The dependencies and the running results of one sweep. */
type Sweep = SweepDeps & {
  readonly signal: AbortSignal | undefined;
  /** Orders whose status was stale. */
  behind: number;
  /** False after a transient failure: the sweep's progress then stays, so that the next sweep retries. */
  isWhole: boolean;
};

const pageMax = 200;

/**
 * Compares unsettled orders with their payments, and opens payments that payment does not have. So both services agree
 * again after events were lost. Returns how many orders had a stale status.
 */
export async function sweepUnsettled(deps: SweepDeps, signal?: AbortSignal): Promise<number> {
  const sweep: Sweep = { ...deps, signal, behind: 0, isWhole: true };
  for (let afterId = ""; !signal?.aborted;) {
    const page = { minAgeMs: deps.unsettledAfterMs, afterId, limit: pageMax };
    const orders = await deps.listUnsettled(page);
    await settleOrders(orders, sweep);
    if (orders.length < pageMax) break;
    afterId = orders.at(-1)?.orderId ?? "";
  }
  return sweep.behind;
}

/**
 * Has payment compare these orders and rebuild rows that it lost, then applies the payments to the orders. If the call
 * fails, the page is halved until the failing order is alone, so that the other orders are compared.
 */
async function settleOrders(orders: readonly Order[], sweep: Sweep): Promise<void> {
  const [one, two] = orders;
  if (one === undefined || sweep.signal?.aborted) return;
  const compared = await sweep.payments
    .compare({ orders: orders.map(fromOrder) })
    .catch((error: unknown) => ({ error }));
  if ("error" in compared) {
    // throws when payment or its database is unavailable: then no single order is the cause
    await sweep.payments.changed({ since: sweep.now(), afterId: "", limit: 1 });
    if (two === undefined) return report(one.orderId, sweep, compared.error);
    const middle = Math.ceil(orders.length / 2);
    await settleOrders(orders.slice(0, middle), sweep);
    return settleOrders(orders.slice(middle), sweep);
  }
  for (const { orderId, refusal } of compared.refused) report(orderId, sweep, refusedBy(refusal));
  const begin = () => sweep.faultPoint("sweep:compared");
  await followAll(orders, compared.payments, { sweep, begin });
}

/** Concurrently, so that the store gathers the writes into a few statements. */
async function followAll(
  orders: readonly (Order | undefined)[],
  payments: readonly PaymentSnapshot[],
  { sweep, begin }: { readonly sweep: Sweep; readonly begin: () => void | Promise<void> },
): Promise<void> {
  const known = new Map(orders.map((order) => [order?.orderId, order]));
  const follow = async (snapshot: PaymentSnapshot) => {
    const order = known.get(snapshot.orderId);
    if (order === undefined) return;
    try {
      await begin();
      if (!Order.isNews(order, snapshot)) return;
      const next = await applyPayment({ snapshot, cause: "sweepPayments", presumed: order }, sweep);
      if (next.status !== order.status) sweep.behind += 1;
      await sweep.faultPoint("sweep:applied");
    } catch (error) {
      report(order.orderId, sweep, error);
    }
  };
  await Promise.all(payments.map(follow));
}

/** The sweep goes on after a failure: one order that always fails must not stop all later sweeps. */
function report(orderId: string, sweep: Sweep, error: unknown): void {
  if (sweep.isTemporary(error)) sweep.isWhole = false;
  sweep.onFault(orderId, error);
}

/** How long before now the very first sweep begins. */
const startsBackMs = 15 * 60_000;
/** Re-read before the cursor: a change has its statement's time, but may wait up to ten seconds for a lock. */
const overlapMs = 60_000;

/**
 * Applies payments that changed since the last sweep: a settled order may have been refunded. Returns how many orders
 * had a stale status.
 */
export async function sweepChanges(deps: SweepDeps, signal?: AbortSignal): Promise<number> {
  const sweep: Sweep = { ...deps, signal, behind: 0, isWhole: true };
  let since = await deps.progress.read();
  if (since === undefined) {
    since = plusMs(deps.now(), -startsBackMs);
    await deps.progress.advance(since);
  }
  const read = async (page: ChangesPage) => (await deps.payments.changed(page)).payments;
  for await (const payments of changedSince(since, sweep, read)) {
    const snapshots = payments.map(({ changedAt: _, ...snapshot }) => snapshot);
    const found = await Promise.all(snapshots.map(({ orderId }) => deps.orders.find(orderId)));
    const doubted: Order[] = [];
    for (const [index, snapshot] of snapshots.entries()) {
      const order = found[index];
      if (order === undefined) await deps.onOrphan(snapshot);
      // payment's database was restored, and lacks a change that this order has applied
      else if (doubtOf(snapshot, order.payment) !== null) doubted.push(order);
    }
    await followAll(found, snapshots, { sweep, begin: () => deps.faultPoint("sweep:listed") });
    await settleOrders(doubted, sweep);
  }
  return sweep.behind;
}

/** Yields pages of rows that changed since a time. `progress` advances after each page without transient failures. */
async function* changedSince<Row extends { readonly orderId: string; readonly changedAt: string }>(
  since: string,
  sweep: Sweep,
  read: (page: ChangesPage) => Promise<readonly Row[]>,
): AsyncIterable<readonly Row[]> {
  // rows may change faster than pages are read: later changes are left to the next sweep
  const until = sweep.now();
  let place = { since: plusMs(since, -overlapMs), afterId: "" };
  for (;;) {
    const page = await read({ ...place, limit: pageMax });
    const last = page.at(-1);
    if (last === undefined || sweep.signal?.aborted) return;
    yield page;
    if (sweep.signal?.aborted) return;
    // the time of the rows' own database, so that clock skew between services cannot skip rows
    if (sweep.isWhole) await sweep.progress.advance(last.changedAt);
    if (page.length < pageMax || last.changedAt > until) return;
    place = { since: last.changedAt, afterId: last.orderId };
  }
}

/** A few rows before the cursor are enough: a restored database lacks everything after one point in time. */
const probeMax = 5;

/**
 * Checks the other direction: whether payment still has the snapshots that orders applied. Each round reads the orders
 * that changed since the last round and a few before. If payment lacks one of these few, the round goes back to where
 * both agree. This detects a restored payment database for settled orders too, at constant cost. Returns how many
 * orders have a snapshot that payment lacks or contradicts.
 */
export async function sweepFollowed(deps: SweepDeps, signal?: AbortSignal): Promise<number> {
  const since = await agreedPlace(deps);
  const progress = deps.followedProgress;
  const sweep: Sweep = { ...deps, progress, signal, behind: 0, isWhole: true };
  let doubted = 0;
  for await (const page of changedSince(since, sweep, deps.listFollowed)) {
    const suspects = await listDoubted(page, deps);
    doubted += suspects.length;
    await settleOrders(suspects, sweep);
  }
  return doubted;
}

/** The time up to which payment was compared; an earlier one if payment has lost rows since. */
async function agreedPlace(deps: SweepDeps): Promise<string> {
  const doneUntil = await deps.followedProgress.read();
  if (doneUntil === undefined) {
    const begin = deps.now();
    await deps.followedProgress.advance(begin);
    return begin;
  }
  for (let backMs = 0; ; backMs = Math.max(overlapMs, backMs * 2)) {
    const place = plusMs(doneUntil, -backMs);
    const probe = await deps.listFollowedBefore({ until: place, limit: probeMax });
    const doubted = await listDoubted(probe, deps);
    const oldest = probe.at(-1);
    if (oldest !== undefined && doubted.includes(oldest)) continue;
    // payment has the oldest row but lacks a later one: read again from the oldest
    const agreed = oldest !== undefined && doubted.length > 0 ? oldest.changedAt : place;
    if (agreed < doneUntil) await deps.followedProgress.goBack(agreed);
    return agreed;
  }
}

/** The orders whose snapshot payment lacks or contradicts. */
async function listDoubted<O extends Order>(
  orders: readonly O[],
  deps: SweepDeps,
): Promise<readonly O[]> {
  if (orders.length === 0) return [];
  const orderIds = orders.map(({ orderId }) => orderId);
  const { payments } = await deps.payments.find({ orderIds });
  const rows = new Map(payments.map((payment) => [payment.orderId, payment]));
  return orders.filter(({ orderId, payment }) => doubtOf(rows.get(orderId), payment) !== null);
}
