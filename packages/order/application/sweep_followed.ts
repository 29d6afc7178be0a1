import { doubtOf, plusMs } from "@payflow/shared";
import type { Order } from "../domain/order.ts";
import { beginSweep, overlapMs, settleOrders, type SweepDeps } from "./sweep_payments.ts";

const pageMax = 200;
/** So few rows tell whether payment still has what happened before a place: what it lost is all that came after one moment. */
const probeMax = 5;

/**
 * The other way round: whether payment still has what these orders were told. Each round reads what changed since the
 * last one, and a few rows before; when payment lacks any of those, it goes back to where both agree. So a payment
 * database that was put back is noticed for settled orders too, at the same cost however many there are. Returns how
 * many orders payment had to learn anew.
 */
export async function sweepFollowed(deps: SweepDeps, signal?: AbortSignal): Promise<number> {
  const until = deps.now();
  const since = await agreedPlace(deps);
  const sweep = beginSweep(deps, signal);
  let place = { since: plusMs(since, -overlapMs), afterId: "" };
  let doubted = 0;
  while (!signal?.aborted) {
    const page = await deps.listFollowed({ ...place, limit: pageMax });
    const suspects = await listDoubted(page, deps);
    doubted += suspects.length;
    await settleOrders(suspects, sweep);
    const last = page.at(-1);
    if (last === undefined || signal?.aborted) break;
    if (sweep.isWhole) await deps.followedProgress.advance(last.changedAt);
    if (page.length < pageMax || last.changedAt > until) break;
    place = { since: last.changedAt, afterId: last.orderId };
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
  const payments = await deps.payments.find(orders.map(({ orderId }) => orderId));
  const rows = new Map(payments.map((payment) => [payment.orderId, payment]));
  return orders.filter(({ orderId, payment }) => doubtOf(rows.get(orderId), payment) !== null);
}
