import type { Payment } from "../domain/payment.ts";
import { isWorthQuery } from "../domain/plan.ts";
import type { DueWebhook, PaymentDeps, WebhookRepository } from "./ports.ts";
import { settlePayment } from "./settle.ts";
import { claimHoldMs, mayClaim } from "./settle_due_payments.ts";

const claimMax = 50;
/** A webhook that names no paymentKey means one of the last of its order. */
const unnamedMax = 10;
/** So many queries look for what a webhook shows; then the sweep over the PSP's list must find it. */
const triesMax = 5;

/**
 * One round over stored webhooks: for each payment of ours that any of them is about, the PSP is queried once; nothing
 * that a webhook says is believed. One that shows a deposit or a cancel which the response lacks is due again, since the
 * response may be stale. Returns how many were due.
 */
export async function handleWebhooks(
  deps: PaymentDeps & { readonly webhooks: Pick<WebhookRepository, "claimDue" | "markHandled"> },
): Promise<number> {
  const { webhooks, payments, faultPoint, onFault } = deps;
  if (!(await mayClaim(deps))) return 0;
  const due = await webhooks.claimDue(claimMax, claimHoldMs(deps));
  const byOrder = Map.groupBy(due, ({ orderId }) => orderId);
  const found = await payments.findMany([...byOrder.keys()]);
  const settle = async (orderId: string, about: readonly DueWebhook[]) => {
    const payment = found.find((one) => one.orderId === orderId);
    try {
      await faultPoint("webhook:claimed");
      const keys = payment ? keysToQuery(payment, about) : [];
      let settled = payment;
      if (payment && keys.length > 0) settled = await settlePayment(payment, deps, keys);
      await faultPoint("webhook:queried");
      const handled = about.filter((one) => one.tries >= triesMax || !isAhead(one, settled));
      if (handled.length > 0) await webhooks.markHandled(handled.map(({ id }) => id));
    } catch (error) {
      // the claim runs out by itself, and the webhook is due again
      onFault(payment ?? { orderId }, error);
    }
  };
  await Promise.all([...byOrder].map(([orderId, about]) => settle(orderId, about)));
  return due.length;
}

function keysToQuery(payment: Payment, webhooks: readonly DueWebhook[]): string[] {
  const newest = payment.attempts.slice(-unnamedMax).map(({ paymentKey }) => paymentKey);
  const keys = webhooks.flatMap(({ paymentKey }) => paymentKey ?? newest);
  return keys.filter((key) => isWorthQuery(payment, key));
}

/** A webhook about a deposit names no paymentKey. */
function isAhead({ paymentKey, cancelKey, showsPaid }: DueWebhook, payment?: Payment): boolean {
  const kept = payment?.kept;
  if (!kept || (paymentKey ?? kept.paymentKey) !== kept.paymentKey) return false;
  if (showsPaid && kept.approvedAt === null) return true;
  return cancelKey !== null && !kept.cancels.some((one) => one.transactionKey === cancelKey);
}
