import { isOpen, isWindowOver, lacksAccount, type Attempt } from "../domain/attempt.ts";
import { isOpenRefund, type RefundAccount } from "../domain/refund.ts";
import { mayRepeatApproval, repeatApproval } from "../domain/approval.ts";
import { recordConfirmAnswer, recordFinding } from "../domain/approval_outcome.ts";
import {
  closePayment,
  isDepositOverdue,
  isExpired,
  recordCancelAnswer,
  recordCancelDone,
} from "../domain/closing.ts";
import { attemptOf, findAttempt, keptOf, type Payment } from "../domain/payment.ts";
import { decideAndSave, paymentNotFound } from "./decide.ts";
import { learnPayment } from "./learn_payment.ts";
import type { PaymentDeps } from "./ports.ts";
import { recordAnswer } from "./record_answer.ts";
import { settleRefund } from "./refund_payment.ts";

/** More steps than any payment needs at once; the rest is due again later. */
const stepsMax = 20;

/**
 * Does everything that is due for a payment: asks Toss about what is open, repeats a confirm, sends an approval back,
 * closes what is out of time. The reconciler, webhooks and a confirm whose answer was doubtful all come here.
 * With `paymentKeys`, these are asked about even if nothing is due, and learnt when they were never stored.
 */
export async function settlePayment(
  command: {
    readonly orderId: string;
    readonly paymentKeys?: readonly string[];
  },
  deps: PaymentDeps,
): Promise<Payment> {
  const { orderId } = command;
  const hinted = new Set(command.paymentKeys);
  let payment = await load(orderId, deps);
  for (const paymentKey of hinted) {
    if (findAttempt(payment, paymentKey) !== undefined) continue;
    hinted.delete(paymentKey);
    payment = await learnPayment({ orderId, paymentKey }, deps);
  }
  // what changed at Toss may be the refund under way
  let isRefundHinted = hinted.has(keptOf(payment)?.paymentKey ?? "");
  for (let step = 0; step < stepsMax; step++) {
    const { now } = deps.moment();
    if (isExpired(payment, now) && (await deps.proof.isProven())) {
      payment = await close(orderId, deps);
      await deps.faultPoint("settle:expired");
      continue;
    }
    const due = payment.attempts.find(
      (attempt) =>
        hinted.has(attempt.paymentKey) || (attempt.nextAt !== null && attempt.nextAt <= now),
    );
    if (due === undefined) {
      const refund = payment.refunds.find(
        (open) =>
          isOpenRefund(open) && (isRefundHinted || (open.nextAt !== null && open.nextAt <= now)),
      );
      if (refund === undefined) return payment;
      isRefundHinted = false;
      payment = await settleRefund(payment, refund, deps);
      continue;
    }
    hinted.delete(due.paymentKey);
    payment = await settleAttempt(payment, due, deps);
  }
  return payment;
}

/** Sends a confirm that has been stored, and records what came of it. */
export async function sendConfirm(
  stored: Payment,
  paymentKey: string,
  deps: PaymentDeps,
): Promise<Payment> {
  const { orderId, amount } = stored;
  const { idempotencyKey } = attemptOf(stored, paymentKey);
  const answer = await deps.gateway.confirm({ paymentKey, orderId, amount, idempotencyKey });
  await deps.faultPoint("confirm:answered");
  const payment = await recordAnswer(
    answer,
    {
      before: stored,
      paymentKey,
      cause: "recordConfirmAnswer",
      isFirst: attemptOf(stored, paymentKey).posts === 1,
      detail: { paymentKey },
      isAwaited: (loaded) => isOpen(attemptOf(loaded, paymentKey)),
      answered: (loaded, answered, moment) =>
        recordConfirmAnswer(loaded, paymentKey, answered, moment),
      found: (loaded, finding, moment) => recordFinding(loaded, paymentKey, finding, moment),
    },
    deps,
  );
  await deps.faultPoint("confirm:recorded");
  const attempt = attemptOf(payment, paymentKey);
  if (attempt.status === "VOIDING") return await settleAttempt(payment, attempt, deps);
  // an answer that leaves the end open is over at Toss: a query may end it at once, and with it the shopper's wait
  const isAnswered = answer.kind !== "unknown" || answer.answered;
  if (attempt.status === "UNKNOWN" && isAnswered) {
    const asked = await askToss(orderId, paymentKey, deps);
    const now = attemptOf(asked, paymentKey);
    // whoever opens a window can't cause this, unless the query shows it
    if (answer.kind === "misconfigured" && isOpen(now)) deps.onMisconfigured(orderId, answer.code);
    return now.status === "VOIDING" ? await settleAttempt(asked, now, deps) : asked;
  }
  return payment;
}

async function settleAttempt(
  payment: Payment,
  attempt: Attempt,
  deps: PaymentDeps,
): Promise<Payment> {
  const { orderId } = payment;
  const { paymentKey } = attempt;
  const firstVoid = attempt.status === "VOIDING" && attempt.asks === 0 && !lacksAccount(attempt);
  const asked = firstVoid ? payment : await askToss(orderId, paymentKey, deps);
  await deps.faultPoint("settle:recorded");
  const after = attemptOf(asked, paymentKey);
  if (lacksAccount(after)) return asked;
  if (after.status === "VOIDING") return await sendBack(asked, after, deps);
  if (isDepositOverdue(asked, deps.moment().now) && keptOf(asked)?.paymentKey === paymentKey) {
    return await close(orderId, deps);
  }
  if (
    asked.status === "WAITING_FOR_DEPOSIT" &&
    asked.closing !== null &&
    asked.kept.paymentKey === paymentKey
  ) {
    return await cancelWaiting(asked, asked.closing, deps);
  }
  // a closed order, or one past its time, needs no approval any more: its attempts are only asked about
  const { now } = deps.moment();
  const isPayable = asked.status === "IN_PROGRESS" && !isWindowOver(after, asked, now);
  if (!isPayable || !mayRepeatApproval(after, deps.moment())) return asked;
  let repeated = false;
  const stored = await decideAndSave(
    {
      orderId,
      cause: "repeatApproval",
      detail: { paymentKey },
      decide: (loaded) => {
        // only on the version that the question was about
        repeated = loaded.version === asked.version;
        return repeated ? repeatApproval(loaded, paymentKey, deps.moment()) : undefined;
      },
    },
    deps,
  );
  if (!repeated) return stored;
  await deps.faultPoint("settle:repeated");
  return await sendConfirm(stored, paymentKey, deps);
}

/** Asks Toss and records the finding on the version that was loaded before asking; on another one it asks again. */
async function askToss(orderId: string, paymentKey: string, deps: PaymentDeps): Promise<Payment> {
  return await decideAndSave(
    {
      orderId,
      cause: "askToss",
      detail: { paymentKey },
      decide: async (loaded) => {
        const finding = await deps.gateway.find(paymentKey);
        await deps.faultPoint("settle:asked");
        return recordFinding(loaded, paymentKey, finding, deps.moment());
      },
    },
    deps,
  );
}

/** Sends an approval back by the intent that is stored with it. */
async function sendBack(payment: Payment, attempt: Attempt, deps: PaymentDeps): Promise<Payment> {
  const { paymentKey, voiding } = attempt;
  if (voiding === null) throw new Error(`Attempt "${paymentKey}" is VOIDING without an intent`);
  await deps.faultPoint("void:stored");
  const { reason, idempotencyKey, account } = voiding;
  const request = { paymentKey, reason, idempotencyKey, account };
  return await cancelAtToss(payment, request, deps);
}

async function cancelWaiting(
  payment: Payment,
  closing: { readonly reason: string; readonly idempotencyKey: string },
  deps: PaymentDeps,
): Promise<Payment> {
  const reason = closing.reason === "expired" ? "입금 기한이 지났습니다" : "주문이 취소되었습니다";
  const { idempotencyKey } = closing;
  const paymentKey = keptOf(payment)?.paymentKey as string;
  return await cancelAtToss(payment, { paymentKey, reason, idempotencyKey }, deps);
}

async function cancelAtToss(
  payment: Payment,
  request: {
    readonly paymentKey: string;
    readonly reason: string;
    readonly idempotencyKey: string;
    readonly account?: RefundAccount | null;
  },
  deps: PaymentDeps,
): Promise<Payment> {
  const { paymentKey } = request;
  const answer = await deps.gateway.cancel(request);
  await deps.faultPoint("cancel:answered");
  return await recordAnswer(
    answer,
    {
      before: payment,
      paymentKey,
      cause: "recordCancelAnswer",
      isFirst: attemptOf(payment, paymentKey).asks === 0,
      detail: { paymentKey },
      answered: (loaded, answered, moment) =>
        recordCancelAnswer(loaded, paymentKey, answered, moment),
      found: (loaded, finding, moment) => recordCancelDone(loaded, paymentKey, finding, moment),
    },
    deps,
  );
}

function close(orderId: string, deps: PaymentDeps): Promise<Payment> {
  return decideAndSave(
    {
      orderId,
      cause: "expirePayment",
      decide: (loaded) => {
        const { now } = deps.moment();
        if (!isExpired(loaded, now) && !isDepositOverdue(loaded, now)) return undefined;
        return closePayment(loaded, "expired", deps.moment());
      },
    },
    deps,
  );
}

async function load(orderId: string, deps: PaymentDeps): Promise<Payment> {
  const payment = await deps.payments.find(orderId);
  if (payment === undefined) throw paymentNotFound(orderId);
  return payment;
}
