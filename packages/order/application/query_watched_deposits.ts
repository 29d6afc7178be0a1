import type { OrderDeps } from "./ports.ts";

/** Orders of one call; payment queries Toss about all of them side by side. */
const callMax = 50;

/**
 * Has payment query Toss about the accounts whose orders somebody is looking at: a deposit whose webhook is lost then
 * shows within a minute instead of an hour.
 */
export async function queryWatchedDeposits(
  orderIds: readonly string[],
  { payments }: Pick<OrderDeps, "payments">,
): Promise<void> {
  const failures: unknown[] = [];
  for (let from = 0; from < orderIds.length; from += callMax) {
    // one that hangs must not keep the others from being queried
    await payments
      .ask({ orderIds: orderIds.slice(from, from + callMax) })
      .catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}
