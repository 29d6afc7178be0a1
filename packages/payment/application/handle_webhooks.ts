import { claimHoldMs } from "./claim_hold.ts";
import type { PaymentDeps, WebhookRepository } from "./ports.ts";
import { mayClaim } from "./settle_due_payments.ts";
import { settlePayment } from "./settle_payment.ts";
import { findAttempt, isWorthAsking } from "../domain/payment.ts";

const claimMax = 50;
/** Of an order that somebody tries keys on, a hint that names none means one of the last. */
const unnamedMax = 10;

/**
 * One round over stored hints: for each payment of ours that any of them is about, Toss is asked once; nothing that a
 * hint says is believed. A hint about no payment of ours causes no question. Returns how many were due.
 */
export async function handleWebhooks(
  deps: PaymentDeps & { readonly webhooks: WebhookRepository },
  onFault: (orderId: string, error: unknown) => void,
): Promise<number> {
  if (!(await mayClaim(deps))) return 0;
  const due = await deps.webhooks.claimDue(claimMax, claimHoldMs(deps.moment()));
  const strangers: string[] = [];
  const subjects = new Map<string, { paymentKeys: Set<string>; ids: string[] }>();
  for (const hint of due) {
    const subject = await deps.webhooks.findSubject(hint);
    if (subject === undefined) {
      strangers.push(hint.id);
      continue;
    }
    const known = subjects.get(subject.orderId) ?? { paymentKeys: new Set<string>(), ids: [] };
    const named = hint.paymentKey === null ? [] : [hint.paymentKey];
    const newest = subject.paymentKeys.slice(-unnamedMax);
    for (const key of named.length > 0 ? named : newest) known.paymentKeys.add(key);
    known.ids.push(hint.id);
    subjects.set(subject.orderId, known);
  }
  if (strangers.length > 0) await deps.webhooks.markHandled(strangers);
  await Promise.all(
    [...subjects].map(async ([orderId, { paymentKeys, ids }]) => {
      try {
        await deps.faultPoint("webhook:claimed");
        const payment = await deps.payments.find(orderId);
        const worth = [...paymentKeys].filter((key) => {
          if (payment === undefined) return true;
          const attempt = findAttempt(payment, key);
          // one that was never stored may be of an attempt that was lost
          return attempt === undefined || isWorthAsking(payment, attempt);
        });
        if (worth.length > 0) await settlePayment({ orderId, paymentKeys: worth }, deps);
        await deps.faultPoint("webhook:asked");
        await deps.webhooks.markHandled(ids);
      } catch (error) {
        // the claim runs out by itself, and the hint is due again
        onFault(orderId, error);
      }
    }),
  );
  return due.length;
}
