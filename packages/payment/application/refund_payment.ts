import type { KnownPayment, OrderFacts } from "@payflow/shared";
import { attemptOf, keptOf, openPayment, type Payment } from "../domain/payment.ts";
import { isOpenRefund, type Refund } from "../domain/refund.ts";
import {
  recordRefundAnswer,
  recordRefundDone,
  recordRefundFinding,
} from "../domain/refund_outcome.ts";
import {
  lacksAnswer,
  mayRepeatRefund,
  refundOf,
  repeatRefund,
  requestRefund,
  type RefundRequest,
} from "../domain/refunding.ts";
import { decideAndSave } from "./decide.ts";
import type { PaymentDeps } from "./ports.ts";
import { recordAnswer } from "./record_answer.ts";

export type RefundPayment = RefundRequest & {
  readonly orderId: string;
} & FromOrder;

/** What order sends along about its order; none of an order that it has lost. */
export type FromOrder = {
  readonly facts?: OrderFacts | undefined;
  readonly known?: KnownPayment | undefined;
};

/** The row to rebuild when there is none though order was told of one. */
export function lostPayment({ facts, known }: FromOrder, now: string) {
  return facts && known?.snapshot ? () => openPayment(facts, now) : undefined;
}

/**
 * Stores the refund, then sends it to Toss. Returns as soon as it is stored, with the outcome to wait for when this
 * call is the one that sends it. Throws as `requestRefund` does.
 */
export async function refundPayment(
  command: RefundPayment,
  deps: PaymentDeps,
): Promise<{
  readonly payment: Payment;
  readonly outcome: Promise<Payment> | undefined;
}> {
  const { orderId, key } = command;
  let requested = false;
  const payment = await decideAndSave(
    {
      orderId,
      cause: "refundPayment",
      detail: { key, amount: command.amount ?? null },
      known: command.known,
      needsProof: true,
      open: lostPayment(command, deps.moment().now),
      decide: (loaded) => {
        const change = requestRefund(loaded, command, deps.moment());
        requested = change !== undefined;
        return change;
      },
    },
    deps,
  );
  if (!requested || !isOpenRefund(refundOf(payment, key))) return { payment, outcome: undefined };
  await deps.faultPoint("refund:requested");
  return { payment, outcome: sendRefund(payment, key, deps) };
}

/**
 * Goes on with a refund whose end is open. A call without an answer is made again under its key, and Toss answers it as
 * it did before; after an answer that left the end open Toss is asked first.
 */
export async function settleRefund(
  payment: Payment,
  refund: Refund,
  deps: PaymentDeps,
): Promise<Payment> {
  const { orderId } = payment;
  const { key, nextAt } = refund;
  const moment = deps.moment();
  const isDue = nextAt !== null && nextAt <= moment.now;
  const known =
    isDue && lacksAnswer(refund) && mayRepeatRefund(refund, moment)
      ? payment
      : await askOfRefund(orderId, key, deps);
  // a hint, which anybody may send, makes us ask and nothing else
  if (!isDue) return known;
  const now = refundOf(known, key);
  if (!isOpenRefund(now) || !mayRepeatRefund(now, deps.moment())) return known;
  let repeated = false;
  const stored = await decideAndSave(
    {
      orderId,
      cause: "repeatRefund",
      detail: { key },
      decide: (loaded) => {
        repeated = loaded.version === known.version;
        return repeated ? repeatRefund(loaded, key, deps.moment()) : undefined;
      },
    },
    deps,
  );
  if (!repeated) return stored;
  await deps.faultPoint("refund:repeated");
  return await sendRefund(stored, key, deps);
}

function askOfRefund(orderId: string, key: string, deps: PaymentDeps): Promise<Payment> {
  return decideAndSave(
    {
      orderId,
      cause: "askTossOfRefund",
      detail: { key },
      decide: async (loaded) => {
        if (!isOpenRefund(refundOf(loaded, key))) return undefined;
        const finding = await deps.gateway.find(keptKey(loaded));
        await deps.faultPoint("refund:asked");
        return recordRefundFinding(loaded, key, finding, deps.moment());
      },
    },
    deps,
  );
}

/** Sends a refund that has been stored, and records what came of it. */
async function sendRefund(stored: Payment, key: string, deps: PaymentDeps): Promise<Payment> {
  const refund = refundOf(stored, key);
  const { amount, reason, mark, account } = refund;
  const { idempotencyKey, refundableAmount } = refund;
  // by both of them together a repeated call can't be done twice
  const guards = { idempotencyKey, refundableAmount };
  const paymentKey = keptKey(stored);
  const answer = await deps.gateway.cancel({
    paymentKey,
    amount,
    reason,
    mark,
    account,
    ...guards,
  });
  await deps.faultPoint("refund:answered");
  return await recordAnswer(
    answer,
    {
      before: stored,
      paymentKey,
      cause: "recordRefundAnswer",
      isFirst: refund.posts === 1,
      detail: { key },
      isAwaited: (loaded) => isOpenRefund(refundOf(loaded, key)),
      answered: (loaded, answered, moment) => recordRefundAnswer(loaded, key, answered, moment),
      found: (loaded, finding, moment) => recordRefundDone(loaded, key, finding, moment),
    },
    deps,
  );
}

function keptKey(payment: Payment): string {
  const paymentKey = keptOf(payment)?.paymentKey;
  if (paymentKey === undefined)
    throw new Error(`Payment "${payment.orderId}" holds nothing that could be refunded`);
  return attemptOf(payment, paymentKey).paymentKey;
}
