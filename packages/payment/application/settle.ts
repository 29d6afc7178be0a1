// The loop that settles a payment. The reconciler, webhooks, sweeps and use cases all use it.
import { AppError } from "@payflow/shared";
import { isAnswered, isOpen, type Call } from "../domain/operation.ts";
import { attemptOf, findAttempt, isToCancel, refundOf, type Payment } from "../domain/payment.ts";
import { isAwaited, isOverdue, maySend, nextStep } from "../domain/plan.ts";
import { recordAnswer, recordFinding } from "../domain/record.ts";
import { learned } from "../domain/recovery.ts";
import { requestClose, requestResend } from "../domain/requests.ts";
import type { Answer } from "../domain/charge.ts";
import { decideAndSave, type Decided } from "./decide.ts";
import type { PaymentDeps } from "./ports.ts";

/** More steps than any payment needs at once; the rest is due again later. */
const stepsMax = 20;

/**
 * Does everything that is due for a payment that was just loaded or saved. `paymentKeys` are queried even if not due;
 * one that was never stored is recorded if it holds money. Throws AppError `psp_unavailable` without a response on it.
 */
export async function settlePayment(
  loaded: Payment,
  deps: PaymentDeps,
  paymentKeys: Iterable<string> = [],
): Promise<Payment> {
  let payment = loaded;
  const toQuery = new Set(paymentKeys);
  for (let count = 0; count < stepsMax; count++) {
    const moment = deps.moment();
    // after a restore, a READY row may lack the attempt that paid for it
    const isSure = async () => payment.status !== "READY" || (await deps.proof.isProven());
    if (isOverdue(payment, moment) && (await isSure())) {
      ({ payment } = await decideAndSave(deps, {
        orderId: payment.orderId,
        loaded: payment,
        cause: "expirePayment",
        actor: "system",
        decide: (newest) =>
          isOverdue(newest, moment) ? requestClose(newest, "expired", moment) : undefined,
      }));
      await deps.faultPoint("settle:expired");
      continue;
    }
    const [nextKey] = toQuery;
    const { paymentKey = nextKey, call, queryFirst = true } = nextStep(payment, moment) ?? {};
    if (paymentKey === undefined) return payment;
    let isAnswered = true;
    if (queryFirst) {
      toQuery.delete(paymentKey);
      ({ payment, isAnswered } = await query(payment, { paymentKey, call }, deps));
      await deps.faultPoint("query:recorded");
    }
    // without a response to the query, the call is not known to be safe
    const isToSend = call && isAnswered && maySend(payment, call, deps.moment());
    if (isToSend) payment = await resend(payment, call, deps);
  }
  return payment;
}

/**
 * Sends a call if this request stored it, and waits for its outcome in any case. An approval that cannot be kept is
 * returned at once; an open outcome is left to the schedule.
 */
export async function sendOnce(
  { payment, isChanged: isStored }: Decided,
  call: Call,
  deps: PaymentDeps,
): Promise<Payment> {
  const isKnown = (now: Payment) => !isAwaited(now, call);
  const outcome = isStored && !isKnown(payment) ? sendFirst(payment, call, deps) : undefined;
  return await deps.awaitOutcome({ payment, outcome }, isKnown);
}

async function sendFirst(stored: Payment, call: Call, deps: PaymentDeps): Promise<Payment> {
  const payment = await send(stored, call, deps);
  const isToReturn = isToCancel(payment, attemptOf(payment, call.paymentKey));
  return isToReturn ? await settlePayment(payment, deps) : payment;
}

/** A cancel is sent by its stored intent; a confirm or a refund is counted before it is resent. */
async function resend(payment: Payment, call: Call, deps: PaymentDeps): Promise<Payment> {
  let stored = payment;
  if (call.kind !== "cancel") {
    const counted = await decideAndSave(deps, {
      orderId: payment.orderId,
      cause: call.kind === "confirm" ? "resendConfirm" : "resendRefund",
      actor: "system",
      detail: detailOf(call),
      // only on the version that was queried
      decide: (loaded) =>
        loaded.version === payment.version ? requestResend(loaded, call, deps.moment()) : undefined,
    });
    if (!counted.isChanged) return counted.payment;
    stored = counted.payment;
  }
  await deps.faultPoint(`${call.kind}:resend`);
  return await send(stored, call, deps);
}

async function send(stored: Payment, call: Call, deps: PaymentDeps): Promise<Payment> {
  const answer = await callPsp(stored, call, deps);
  await deps.faultPoint(`${call.kind}:answered`);
  const { payment } = await recordResponse(stored, { call, answer }, deps);
  await deps.faultPoint(`${call.kind}:recorded`);
  const isLeftOpen = answer.kind !== "payment" && isAnswered(answer);
  if (call.kind !== "confirm" || !isLeftOpen) return payment;
  if (attemptOf(payment, call.paymentKey).status !== "UNKNOWN") return payment;
  // the PSP has finished the call: a query may settle it at once, while the shopper waits
  const { paymentKey } = call;
  const { payment: queried } = await query(payment, { paymentKey, call }, deps);
  const isStillOpen = isOpen(attemptOf(queried, paymentKey));
  // not caused by the shopper: the query would have shown that
  if (answer.kind === "misconfigured" && isStillOpen) deps.onMisconfigured(queried, answer.code);
  return queried;
}

function callPsp(payment: Payment, call: Call, { gateway }: PaymentDeps): Promise<Answer> {
  const { orderId, amount } = payment;
  const { paymentKey } = call;
  // the idempotency key and the stated balance together prevent a double refund
  if (call.kind === "refund")
    return gateway.cancel({ ...refundOf(payment, call.key), orderId, paymentKey });
  const { idempotencyKey, cancel } = attemptOf(payment, paymentKey);
  if (call.kind === "confirm")
    return gateway.confirm({ paymentKey, orderId, amount, idempotencyKey });
  if (cancel === null) throw new Error(`Attempt "${paymentKey}" has no intent to be cancelled`);
  const { reason, account } = cancel;
  const request = { orderId, paymentKey, reason, idempotencyKey: cancel.idempotencyKey, account };
  return gateway.cancel(request);
}

const recordCauses = {
  confirm: "recordConfirmAnswer",
  cancel: "recordCancelAnswer",
  refund: "recordRefundAnswer",
};

/**
 * A response that shows the payment is applied only to the version loaded before the call. On another version, and
 * after a resend, the PSP is queried instead, because the response may be that of the first call. Any other response is
 * applied to every version.
 */
function recordResponse(
  stored: Payment,
  { call, answer }: { readonly call: Call; readonly answer: Answer },
  deps: PaymentDeps,
): Promise<Decided> {
  const { paymentKey } = call;
  const failure = answer.kind === "payment" ? {} : { code: answer.code, message: answer.message };
  return decideAndSave(deps, {
    orderId: stored.orderId,
    loaded: stored,
    cause: recordCauses[call.kind],
    actor: deps.moment().psp.actor,
    detail: { ...detailOf(call), answer: answer.kind, ...failure },
    decide: async (loaded) => {
      if (!isAwaited(loaded, call)) return undefined;
      // a payment that was reloaded has changed since the call
      const isFresh = loaded === stored && isFirst(stored, call);
      if (isFresh || answer.kind !== "payment")
        return recordAnswer(loaded, call, answer, deps.moment());
      const finding = await deps.gateway.find(paymentKey, stored.orderId);
      return recordFinding(loaded, paymentKey, finding, deps.moment(), call);
    },
  });
}

function isFirst(payment: Payment, call: Call): boolean {
  if (call.kind === "refund") return refundOf(payment, call.key).sends === 1;
  const { sends, checks } = attemptOf(payment, call.paymentKey);
  return call.kind === "confirm" ? sends === 1 : checks === 0;
}

function detailOf(call: Call) {
  return call.kind === "refund" ? { key: call.key } : { paymentKey: call.paymentKey };
}

/**
 * Queries the PSP and records the response on the version loaded before; on another version it queries again. Anyone
 * can name a paymentKey that was never stored, so it is recorded only if it brought money to this order.
 */
async function query(
  known: Payment,
  { paymentKey, call }: { readonly paymentKey: string; readonly call: Call | undefined },
  deps: PaymentDeps,
): Promise<{ readonly payment: Payment; readonly isAnswered: boolean }> {
  const { orderId } = known;
  let isAnswered = false;
  let isLearned = false;
  const { payment, isChanged } = await decideAndSave(deps, {
    orderId,
    loaded: known,
    cause: "queryStatus",
    actor: deps.moment().psp.actor,
    detail: { paymentKey },
    decide: async (loaded) => {
      const finding = await deps.gateway.find(paymentKey, orderId);
      isAnswered = finding.kind !== "unknown";
      await (call ? deps.faultPoint(`${call.kind}:queried`) : deps.faultPoint("status:queried"));
      isLearned = !findAttempt(loaded, paymentKey);
      if (!isLearned) return recordFinding(loaded, paymentKey, finding, deps.moment());
      await deps.faultPoint("learn:queried");
      if (finding.kind === "unknown") {
        const text = `The payment provider did not return the status of payment "${paymentKey}"`;
        throw new AppError("unavailable", "psp_unavailable", text, { retryAfterSeconds: 5 });
      }
      if (finding.kind === "missing") return undefined;
      return learned(loaded, finding.payment, deps.moment());
    },
  });
  if (isLearned && isChanged) deps.proof.onRebuilt({ orderId, doubt: "behind" });
  return { payment, isAnswered };
}
