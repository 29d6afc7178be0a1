// The one loop that brings a payment to its end: the reconciler, webhooks, sweeps and use cases all come here.
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
 * Does everything that is due for a payment, as it was just loaded or saved. `paymentKeys` are queried even if nothing
 * is due for them, and learnt when they were never stored. Throws AppError `psp_unavailable` when one can't be learnt.
 */
export async function settlePayment(
  loaded: Payment,
  deps: PaymentDeps,
  paymentKeys: Iterable<string> = [],
): Promise<Payment> {
  let payment = loaded;
  const unasked = new Set(paymentKeys);
  for (let count = 0; count < stepsMax; count++) {
    const moment = deps.moment();
    // a row that is READY may have lost the attempt that paid it
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
    const [unaskedKey] = unasked;
    const { paymentKey = unaskedKey, call, queryFirst = true } = nextStep(payment, moment) ?? {};
    if (paymentKey === undefined) return payment;
    let isAnswered = true;
    if (queryFirst) {
      unasked.delete(paymentKey);
      ({ payment, isAnswered } = await query(payment, { paymentKey, call }, deps));
      await deps.faultPoint("query:recorded");
    }
    // without a response to the query nothing is known that would make it safe
    const isToSend = call && isAnswered && maySend(payment, call, deps.moment());
    if (isToSend) payment = await resend(payment, call, deps);
  }
  return payment;
}

/**
 * Sends a call if it was stored just now, and waits for its outcome in any case. An approval that can't be kept goes back
 * at once; what is left open waits for its time.
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

/** A cancel goes out by the intent that is stored with it; anything else is counted before it is sent again. */
async function resend(payment: Payment, call: Call, deps: PaymentDeps): Promise<Payment> {
  let stored = payment;
  if (call.kind !== "cancel") {
    const counted = await decideAndSave(deps, {
      orderId: payment.orderId,
      cause: call.kind === "confirm" ? "resendConfirm" : "resendRefund",
      actor: "system",
      detail: detailOf(call),
      // only on the version that the query was about
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
  // the call is over at the PSP: a query may end it at once, and with it the shopper's wait
  const { paymentKey } = call;
  const { payment: queried } = await query(payment, { paymentKey, call }, deps);
  const isStillOpen = isOpen(attemptOf(queried, paymentKey));
  // whoever opens a window can't cause this, unless the query shows it
  if (answer.kind === "misconfigured" && isStillOpen) deps.onMisconfigured(queried, answer.code);
  return queried;
}

function callPsp(payment: Payment, call: Call, { gateway }: PaymentDeps): Promise<Answer> {
  const { orderId, amount } = payment;
  const { paymentKey } = call;
  // by its key and the balance that it states, together, a repeated refund can't be made twice
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
 * A payment as the response shows it counts only for the version that was loaded before the call: on any other the PSP
 * is queried, and so it is after a resend, which may be answered by what the first call showed. Any other response
 * counts on every version.
 */
function recordResponse(
  stored: Payment,
  { call, answer }: { readonly call: Call; readonly answer: Answer },
  deps: PaymentDeps,
): Promise<Decided> {
  const { paymentKey } = call;
  const told = answer.kind === "payment" ? {} : { code: answer.code, message: answer.message };
  return decideAndSave(deps, {
    orderId: stored.orderId,
    loaded: stored,
    cause: recordCauses[call.kind],
    actor: deps.moment().psp.actor,
    detail: { ...detailOf(call), answer: answer.kind, ...told },
    decide: async (loaded) => {
      if (!isAwaited(loaded, call)) return undefined;
      // what is loaded anew has changed since
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
 * Queries the PSP and records the response on the version that was loaded before; on another one it queries again. A
 * paymentKey that was never stored, which anyone can name, leaves a trace only when it brought money to this order.
 */
async function query(
  known: Payment,
  { paymentKey, call }: { readonly paymentKey: string; readonly call: Call | undefined },
  deps: PaymentDeps,
): Promise<{ readonly payment: Payment; readonly isAnswered: boolean }> {
  const { orderId } = known;
  let isAnswered = false;
  const { payment } = await decideAndSave(deps, {
    orderId,
    loaded: known,
    cause: "queryStatus",
    actor: deps.moment().psp.actor,
    detail: { paymentKey },
    decide: async (loaded) => {
      const finding = await deps.gateway.find(paymentKey, orderId);
      isAnswered = finding.kind !== "unknown";
      await (call ? deps.faultPoint(`${call.kind}:queried`) : deps.faultPoint("status:queried"));
      if (findAttempt(loaded, paymentKey))
        return recordFinding(loaded, paymentKey, finding, deps.moment());
      await deps.faultPoint("learn:queried");
      if (finding.kind === "unknown") {
        const text = `The payment provider did not say what became of "${paymentKey}"`;
        throw new AppError("unavailable", "psp_unavailable", text, { retryAfterSeconds: 5 });
      }
      if (finding.kind === "missing") return undefined;
      const change = learned(loaded, finding.payment, deps.moment());
      if (change) await deps.onRebuilt({ orderId, doubt: "behind" });
      return change;
    },
  });
  return { payment, isAnswered };
}
