import type { Payment } from "../domain/payment.ts";
import { woken } from "../domain/plan.ts";
import { decideAndSave } from "./decide.ts";
import type { PaymentDeps } from "./ports.ts";
import { settlePayment } from "./settle.ts";

/** Payments that one process settles concurrently: a call that hangs until its time-out delays only its own payment. */
const atOnceMax = 32;
/** The time-out of a status query, at most: it moves no money and is repeated. */
export const queryLimitMs = 15_000;
/** A paymentKey that does not exist: any response to it shows that the PSP is reachable. */
const probeKey = "payflow-probe";

/** False while this process does not reach the PSP, so that another replica can claim the due work. */
export function mayClaim({ reach, gateway }: PaymentDeps): Promise<boolean> {
  return reach.mayClaim(() => gateway.find(probeKey));
}

/**
 * How long other replicas skip a claimed row: the time of one query, because recording its result ends the claim. Not
 * longer, because the claims of a crashed replica block their rows until they expire. A row that is claimed twice only
 * costs an extra query, or an extra call under a key that the PSP knows.
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
      // the claim expires, and the payment is due again
      deps.onFault(payment, error);
    } finally {
      underWay.delete(orderId);
    }
  }

  return {
    /** Starts to settle due payments, as far as there is room, and returns how many were due. Waits without room. */
    async runOnce(): Promise<number> {
      if (!(await mayClaim(deps))) return 0;
      const room = atOnceMax - underWay.size;
      if (room === 0) {
        await Promise.race(underWay.values());
        return 1;
      }
      const due = await deps.payments.claimDue(room, claimHoldMs(deps));
      // a call may take longer than its claim holds
      const idle = due.filter(({ orderId }) => !underWay.has(orderId));
      for (const payment of idle) underWay.set(payment.orderId, settle(payment));
      // after the due payments, so that a failed wake-up does not delay them
      if (deps.reach.isToWake()) await wakeOpen(deps);
      // includes payments that are under way here: more may be due behind them
      return due.length;
    },
    /** Resolves when every payment that was started has ended. */
    async drain(): Promise<void> {
      await Promise.all(underWay.values());
    },
  };
}

const pageSize = 100;

/** Makes every open payment due now, page by page, after the PSP became reachable again. */
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
