import type { OrderDeps, OrderQueries } from "./ports.ts";

/** Orders of one call; payment queries Toss about all of them side by side. */
const callMax = 50;

/**
 * Has payment query Toss about the accounts whose orders somebody is looking at: a deposit whose webhook is lost then
 * shows within a minute instead of an hour. Returns how many.
 */
export async function queryWatchedDeposits(
  watched: readonly string[],
  deps: Pick<OrderDeps, "payments"> & Pick<OrderQueries, "listAwaitingDeposit">,
): Promise<number> {
  if (watched.length === 0) return 0;
  const waiting = await deps.listAwaitingDeposit(watched);
  const failures: unknown[] = [];
  for (let from = 0; from < waiting.length; from += callMax) {
    // one that hangs must not keep the others from being queried
    await deps.payments
      .ask({ orderIds: waiting.slice(from, from + callMax) })
      .catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
  return waiting.length;
}
