import type { PaymentService } from "./ports.ts";

/** Orders of one call; payment queries Toss about all of them side by side. */
const callMax = 50;

/**
 * Has payment query Toss about the accounts whose orders somebody is looking at: a deposit whose webhook is lost then
 * shows within a minute instead of an hour. Returns how many.
 */
export async function queryWatchedDeposits(deps: {
  readonly listWatched: () => readonly string[];
  /** Those of the orders that wait for a deposit. */
  readonly listAwaitingDeposit: (orderIds: readonly string[]) => Promise<readonly string[]>;
  readonly payments: Pick<PaymentService, "ask">;
}): Promise<number> {
  const watched = deps.listWatched();
  if (watched.length === 0) return 0;
  const waiting = await deps.listAwaitingDeposit(watched);
  const failures: unknown[] = [];
  for (let from = 0; from < waiting.length; from += callMax) {
    // one that hangs must not keep the others from being queried
    await deps.payments
      .ask(waiting.slice(from, from + callMax))
      .catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
  return waiting.length;
}
