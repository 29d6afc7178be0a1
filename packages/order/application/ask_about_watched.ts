import type { PaymentService } from "./ports.ts";

/** Questions of one call; payment asks Toss all of them side by side. */
const callMax = 50;

/**
 * Has Toss asked about the accounts whose orders somebody is looking at: a deposit whose webhook is lost then shows
 * within a minute instead of an hour. Returns how many.
 */
export async function askAboutWatched(deps: {
  readonly listWatched: () => readonly string[];
  /** Those of the orders that wait for a deposit. */
  readonly listAwaitingDeposit: (orderIds: readonly string[]) => Promise<readonly string[]>;
  readonly payments: Pick<PaymentService, "ask">;
}): Promise<number> {
  const watched = deps.listWatched();
  if (watched.length === 0) return 0;
  const waiting = await deps.listAwaitingDeposit(watched);
  const faults: unknown[] = [];
  for (let from = 0; from < waiting.length; from += callMax) {
    try {
      await deps.payments.ask(waiting.slice(from, from + callMax));
    } catch (fault) {
      // one that hangs must not keep the others from being asked about
      faults.push(fault);
    }
  }
  if (faults.length > 0) throw faults[0];
  return waiting.length;
}
