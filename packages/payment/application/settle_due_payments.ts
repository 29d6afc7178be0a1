import type { Payment } from "../domain/payment.ts";
import { woken } from "../domain/plan.ts";
import { decideAndSave } from "./decide.ts";
import type { PaymentDeps } from "./ports.ts";
import { settlePayment } from "./settle.ts";

/** Payments of one process that are settled side by side: a call to the PSP that hangs for its minute holds up its own only. */
const atOnceMax = 32;
/** No query to the PSP waits for its response any longer. */
const queryLimitMs = 15_000;
/** No payment of anybody's: whatever the PSP says of it, it was reached. */
const probeKey = "payflow-probe";

/** False while this process does not reach the PSP: another one, that does, may claim what is due. */
export function mayClaim({ reach, gateway }: PaymentDeps): Promise<boolean> {
  return reach.mayClaim(() => gateway.find(probeKey));
}

/**
 * For so long other replicas leave a claimed row alone: for one query, since what it brings is recorded and ends the
 * claim. No longer, for a replica that dies holds its claims to their end. A row that is claimed twice costs a query or
 * a call under a key that the PSP has seen, nothing else.
 */
export function claimHoldMs({ moment }: PaymentDeps): number {
  return Math.min(moment().callLimitMs, queryLimitMs) + 5_000;
}

/** The reconciler, which any number of replicas may run. */
export function createSettling(deps: PaymentDeps) {
  const underWay = new Map<string, Promise<void>>();

  async function settle(payment: Payment): Promise<void> {
    const { orderId } = payment;
    try {
      await deps.faultPoint("reconciler:claimed");
      await settlePayment(payment, deps);
    } catch (error) {
      // the claim runs out by itself, and the payment is due again
      deps.onFault(payment, error);
    } finally {
      underWay.delete(orderId);
    }
  }

  return {
    /** Begins with the payments that are due, as many as there is room for, and returns how many; first waits for room. */
    async runOnce(): Promise<number> {
      if (!(await mayClaim(deps))) return 0;
      const room = atOnceMax - underWay.size;
      if (room === 0) {
        await Promise.race(underWay.values());
        return 1;
      }
      const due = await deps.payments.claimDue(room, claimHoldMs(deps));
      // a call may hang for longer than its claim holds
      const idle = due.filter(({ orderId }) => !underWay.has(orderId));
      for (const payment of idle) underWay.set(payment.orderId, settle(payment));
      // behind what is due: one that can't be woken just now keeps nothing else waiting
      if (deps.reach.isToWake()) await wakeOpen(deps);
      // also for those: behind them others may be due
      return due.length;
    },
    /** Resolves when all that was begun has ended. */
    async drain(): Promise<void> {
      await Promise.all(underWay.values());
    },
  };
}

const pageSize = 100;

/** Makes due at once, page by page, what the PSP has yet to end: for when it answers again. */
async function wakeOpen(deps: PaymentDeps): Promise<void> {
  for (let afterId: string | undefined = ""; afterId !== undefined;) {
    const page: readonly string[] = await deps.payments.listOpen({ afterId, limit: pageSize });
    const decide = (loaded: Payment) => woken(loaded, deps.moment().now);
    await Promise.all(
      page.map((orderId) => decideAndSave(deps, { orderId, cause: "wakeOpen", decide })),
    );
    afterId = page[pageSize - 1];
  }
  deps.reach.woke();
}
