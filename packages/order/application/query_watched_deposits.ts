import type { OrderDeps } from "./ports.ts";

/** Orders per call; payment queries Toss about all of them concurrently. */
const callMax = 50;

/**
 * Has payment query Toss about the virtual accounts of orders that are open in a browser: a deposit whose webhook was
 * lost then shows within a minute instead of an hour.
 */
export async function queryWatchedDeposits(
  orderIds: readonly string[],
  { payments }: Pick<OrderDeps, "payments">,
): Promise<void> {
  const failures: unknown[] = [];
  for (let from = 0; from < orderIds.length; from += callMax) {
    // a call that times out must not keep the others from being made
    await payments["query-deposits"]({ orderIds: orderIds.slice(from, from + callMax) }).catch(
      (error: unknown) => failures.push(error),
    );
  }
  if (failures.length > 0) throw failures[0];
}
