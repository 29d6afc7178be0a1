import { findAttempt } from "../domain/payment.ts";
import { isWorthQuery } from "../domain/plan.ts";
import type { PaymentDeps, WebhookRepository } from "./ports.ts";
import { settlePayment } from "./settle.ts";
import { claimHoldMs, mayClaim } from "./settle_due_payments.ts";

const claimMax = 50;
/** Of an order that somebody tries keys on, a webhook that names none means one of the last. */
const unnamedMax = 10;

/**
 * One round over stored webhooks: for each payment of ours that any of them is about, the PSP is queried once; nothing
 * that a webhook says is believed. One about no payment of ours causes no query. Returns how many were due.
 */
export async function handleWebhooks(
  deps: PaymentDeps & { readonly webhooks: WebhookRepository },
  onFault: (orderId: string, error: unknown) => void,
): Promise<number> {
  if (!(await mayClaim(deps))) return 0;
  const due = await deps.webhooks.claimDue(claimMax, claimHoldMs(deps));
  const unknown: string[] = [];
  const subjects = new Map<string, { paymentKeys: Set<string>; ids: string[] }>();
  for (const webhook of due) {
    const subject = await deps.webhooks.findSubject(webhook);
    if (subject === undefined) {
      unknown.push(webhook.id);
      continue;
    }
    const known = subjects.get(subject.orderId) ?? { paymentKeys: new Set<string>(), ids: [] };
    const named = webhook.paymentKey === null ? [] : [webhook.paymentKey];
    const newest = subject.paymentKeys.slice(-unnamedMax);
    for (const key of named.length > 0 ? named : newest) known.paymentKeys.add(key);
    known.ids.push(webhook.id);
    subjects.set(subject.orderId, known);
  }
  if (unknown.length > 0) await deps.webhooks.markHandled(unknown);
  await Promise.all(
    [...subjects].map(async ([orderId, { paymentKeys, ids }]) => {
      try {
        await deps.faultPoint("webhook:claimed");
        const payment = await deps.payments.find(orderId);
        const worth = [...paymentKeys].filter((key) => {
          if (payment === undefined) return true;
          const attempt = findAttempt(payment, key);
          // one that was never stored may be of an attempt that was lost
          return attempt === undefined || isWorthQuery(payment, attempt);
        });
        if (worth.length > 0) await settlePayment({ orderId, paymentKeys: worth }, deps);
        await deps.faultPoint("webhook:queried");
        await deps.webhooks.markHandled(ids);
      } catch (error) {
        // the claim runs out by itself, and the webhook is due again
        onFault(orderId, error);
      }
    }),
  );
  return due.length;
}
