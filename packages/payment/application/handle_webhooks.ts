import type { Payment } from "../domain/payment.ts";
import { isKnown, shouldQuery } from "../domain/plan.ts";
import type { DueWebhook, PaymentDeps, WebhookRepository } from "./ports.ts";
import { settlePayment } from "./settle.ts";
import { claimHoldMs, mayClaim } from "./settle_due_payments.ts";

const claimMax = 50;
/** For a webhook without a paymentKey, this many of the order's newest attempts are queried. */
const unnamedMax = 10;
/** After this many queries without the change that a webhook shows, the transaction sweep must find it. */
const triesMax = 5;

/**
 * One round over stored webhooks: queries the PSP about each payment that they concern, and trusts no content of a
 * webhook. If a webhook shows a deposit or a cancel that the response lacks, the response may be stale, so the webhook
 * stays due. Returns how many were due.
 */
export async function handleWebhooks(
  deps: PaymentDeps & { readonly webhooks: Pick<WebhookRepository, "claimDue" | "markHandled"> },
): Promise<number> {
  const { webhooks, payments, faultPoint, onFault } = deps;
  if (!(await mayClaim(deps))) return 0;
  const due = await webhooks.claimDue(claimMax, claimHoldMs(deps));
  const byOrder = Map.groupBy(due, ({ orderId }) => orderId);
  const found = await payments.findMany([...byOrder.keys()]);
  const settle = async (orderId: string, group: readonly DueWebhook[]) => {
    const payment = found.find((one) => one.orderId === orderId);
    try {
      await faultPoint("webhook:claimed");
      const keys = payment ? keysToQuery(payment, group) : [];
      let settled = payment;
      if (payment && keys.length > 0) settled = await settlePayment(payment, deps, keys);
      await faultPoint("webhook:queried");
      const handled = group.filter((one) => one.tries >= triesMax || !isAhead(one, settled));
      if (handled.length > 0) await webhooks.markHandled(handled.map(({ id }) => id));
    } catch (error) {
      // the claim expires, and the webhook is due again
      onFault(payment ?? { orderId }, error);
    }
  };
  await Promise.all([...byOrder].map(([orderId, group]) => settle(orderId, group)));
  return due.length;
}

function keysToQuery(payment: Payment, webhooks: readonly DueWebhook[]): string[] {
  const newest = payment.attempts.slice(-unnamedMax).map(({ paymentKey }) => paymentKey);
  const keys = webhooks.flatMap((one) => (isKnown(payment, one) ? [] : (one.paymentKey ?? newest)));
  return keys.filter((key) => shouldQuery(payment, key));
}

/** True if the webhook shows more than the payment has. A webhook about a deposit names no paymentKey. */
function isAhead({ paymentKey, cancelKey, showsPaid }: DueWebhook, payment?: Payment): boolean {
  const kept = payment?.kept;
  if (!kept || (paymentKey ?? kept.paymentKey) !== kept.paymentKey) return false;
  if (showsPaid && kept.approvedAt === null) return true;
  return cancelKey !== null && !kept.cancels.some((one) => one.transactionKey === cancelKey);
}
