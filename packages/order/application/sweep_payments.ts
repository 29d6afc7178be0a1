import { doubtOf, plusMs, type PaymentSnapshot } from "@payflow/shared";
import { Order } from "../domain/order.ts";
import { applyPayment, refusedBy } from "./apply_payment.ts";
import { fromOrder } from "./decide.ts";
import type { ChangesPage, OrderDeps, OrderQueries, SweepProgress } from "./ports.ts";

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

/** A sweep under way, and what it has found so far. */
type Sweep = SweepDeps & {
  readonly signal: AbortSignal | undefined;
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
 * Makes orders follow their payments, once payment has learnt what it lacked of what they know. One order that payment
 * can't compare costs no other its comparison: the page is halved until that order is alone.
 */
async function settleOrders(orders: readonly Order[], sweep: Sweep): Promise<void> {
  const [one, two] = orders;
  if (one === undefined || sweep.signal?.aborted) return;
  const sent = orders.map(fromOrder);
  const compared = await sweep.payments
    .compare({ facts: sent.map(({ facts }) => facts), known: sent.map(({ known }) => known) })
    .catch((error: unknown) => ({ error }));
  if ("error" in compared) {
    // throws when payment, or its database, is away: then it is no order's failure
    await sweep.payments.changed({ since: sweep.now(), afterId: "", limit: 1 });
    if (two === undefined) return attempt(one.orderId, sweep, () => Promise.reject(compared.error));
    const middle = Math.ceil(orders.length / 2);
    await settleOrders(orders.slice(0, middle), sweep);
    return settleOrders(orders.slice(middle), sweep);
  }
  for (const { orderId, refusal } of compared.refused)
    await attempt(orderId, sweep, () => Promise.reject(refusedBy(refusal)));
  const begin = () => sweep.faultPoint("sweep:compared");
  await followAll(orders, compared.payments, { sweep, begin });
}

/** All at once, so that a few statements write them all. */
async function followAll(
  orders: readonly (Order | undefined)[],
  payments: readonly PaymentSnapshot[],
  { sweep, begin }: { readonly sweep: Sweep; readonly begin: () => void | Promise<void> },
): Promise<void> {
  const known = new Map(orders.map((order) => [order?.orderId, order]));
  const follow = async (snapshot: PaymentSnapshot) => {
    const order = known.get(snapshot.orderId);
    if (order === undefined) return;
    await attempt(order.orderId, sweep, async () => {
      await begin();
      if (!Order.isNews(order, snapshot)) return;
      const next = await applyPayment({ snapshot, cause: "sweepPayments", presumed: order }, sweep);
      if (next.status !== order.status) sweep.behind += 1;
      await sweep.faultPoint("sweep:applied");
    });
  };
  await Promise.all(payments.map(follow));
}

/** An order that can never follow must not keep all later sweeps from going on. */
async function attempt(orderId: string, sweep: Sweep, work: () => Promise<void>): Promise<void> {
  await work().catch((error: unknown) => {
    if (sweep.isPassing(error)) sweep.isWhole = false;
    sweep.onFault(orderId, error);
  });
}

/** Where the first sweep of all begins. */
const startsBackMs = 15 * 60_000;
/** Changes are dated by their statement, which may wait for a lock, ten seconds at the most, before others see it. */
const overlapMs = 60_000;

/**
 * Payments that changed since the last sweep are compared too: a settled order may have been refunded. Returns how
 * many orders had missed a change of their status.
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
      // payment's database was put back, and it has yet to learn what this order knows
      else if (doubtOf(snapshot, order.payment) !== null) doubted.push(order);
    }
    await followAll(found, snapshots, { sweep, begin: () => deps.faultPoint("sweep:listed") });
    await settleOrders(doubted, sweep);
  }
  return sweep.behind;
}

/** What changed since a place, page by page; `progress` follows behind each that was handled whole. */
async function* changedSince<Row extends { readonly orderId: string; readonly changedAt: string }>(
  since: string,
  sweep: Sweep,
  read: (page: ChangesPage) => Promise<readonly Row[]>,
): AsyncIterable<readonly Row[]> {
  // rows may change faster than pages are read: what changes from here on is the next sweep's
  const until = sweep.now();
  let place = { since: plusMs(since, -overlapMs), afterId: "" };
  for (;;) {
    const page = await read({ ...place, limit: pageMax });
    const last = page.at(-1);
    if (last === undefined || sweep.signal?.aborted) return;
    yield page;
    if (sweep.signal?.aborted) return;
    // by the clock of whoever has the rows, so that a difference between two clocks leaves nothing out
    if (sweep.isWhole) await sweep.progress.advance(last.changedAt);
    if (page.length < pageMax || last.changedAt > until) return;
    place = { since: last.changedAt, afterId: last.orderId };
  }
}

/** So few rows tell whether payment still has what happened before a place: what it lost is all that came after one moment. */
const probeMax = 5;

/**
 * The other way round: whether payment still has what these orders were told. Each round reads what changed since the
 * last one, and a few rows before; when payment lacks any of those, it goes back to where both agree. So a payment
 * database that was put back is noticed for settled orders too, at the same cost however many there are. Returns how
 * many orders payment had to learn anew.
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

/** The place up to which payment was compared; an earlier one when it has lost what it had by then. */
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
    // what comes after the oldest is read again from there
    const agreed = oldest !== undefined && doubted.length > 0 ? oldest.changedAt : place;
    if (agreed < doneUntil) await deps.followedProgress.goBack(agreed);
    return agreed;
  }
}

/** Those of the orders of which payment does not have what they know. */
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
