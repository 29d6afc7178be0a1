import { claimHoldMs } from "./claim_hold.ts";
import type { PaymentDeps } from "./ports.ts";
import { settlePayment } from "./settle_payment.ts";

/** Payments a round; it waits for the slowest of them, so several rounds go side by side. */
const claimMax = 8;

/** One round of the reconciler, which any number of replicas may run. Returns how many payments were due. */
export async function settleDuePayments(
  deps: PaymentDeps,
  onFault: (orderId: string, error: unknown) => void,
): Promise<number> {
  const due = await deps.payments.claimDue(
    claimMax,
    claimHoldMs(deps.moment()),
  );
  await Promise.all(
    due.map(async (orderId) => {
      try {
        await deps.faultPoint("reconciler:claimed");
        await settlePayment({ orderId }, deps);
      } catch (error) {
        // the claim runs out by itself, and the payment is due again
        onFault(orderId, error);
      }
    }),
  );
  return due.length;
}
