import type { TimelineEntry } from "@payflow/ui";
import type { HistoryEntry, PaymentSnapshot, PaymentStatus, PaymentView } from "@payflow/shared";
import type { Order } from "../domain/order.ts";
import { paymentSteps, takenSteps, type PaymentStep } from "./payment_steps.ts";

/** What payment tells of an order: its history, and the payment as it now is. */
export type PaymentStory = {
  readonly history: readonly HistoryEntry[];
  readonly view: PaymentView | undefined;
};

type Payment = PaymentSnapshot | PaymentView | null;

/**
 * An order's story as its owner would tell it, oldest first. Payment tells it; where that is missing, the order tells
 * what it has taken over from payment. A sum is told only where it is certain.
 */
export function orderTimeline(
  order: Order,
  own: readonly HistoryEntry[],
  story: PaymentStory | undefined,
): TimelineEntry[] {
  const { createdAt, amount } = order;
  const steps = story ? paymentSteps(story.history) : takenSteps(own);
  const payment = story?.view ?? order.payment;
  const told: TimelineEntry[] = [{ kind: "placed", at: createdAt, amount }];
  for (const step of steps) {
    const lastAt = told.at(-1)?.at ?? createdAt;
    told.push(...happened(step, { amount, payment, lastAt }));
  }
  told.push(...returns(steps, payment), ...refunds(steps, told, payment));
  return told.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** What a change of the status means; what goes back has entries of its own. */
function happened(
  step: PaymentStep,
  known: { amount: number; payment: Payment; lastAt: string },
): TimelineEntry[] {
  const { at, before, after } = step;
  const { amount, payment } = known;
  if (step.cause === "confirmPayment") return [{ kind: "tried", at }];
  if (after === before) return [];
  if (isPaid(before)) {
    return after === "WAITING_FOR_DEPOSIT" ? [{ kind: "deposit_reversed", at, amount }] : [];
  }
  const paid: TimelineEntry = { kind: "paid", at: paidAt(at, known), amount };
  switch (after) {
    case "READY":
      return step.showsPayment ? [] : [declined(step, payment)];
    case "IN_PROGRESS":
      return [];
    case "WAITING_FOR_DEPOSIT":
      return [{ kind: "waiting_for_deposit", at, amount }];
    case "DONE":
    case "PARTIAL_CANCELED":
      return [paid];
    case "CANCELED":
      // paid and refunded between two looks at Toss
      return payment?.approvedAt ? [paid] : [{ kind: "canceled", at }];
    case "EXPIRED":
      // a try that ended without money when there was no time for another
      return before === "IN_PROGRESS"
        ? [declined(step, payment), { kind: "expired", at }]
        : [{ kind: "expired", at }];
  }
}

/** When Toss took the money, in whole seconds: never before what came first, nor after it was known. */
function paidAt(at: string, { payment, lastAt }: { payment: Payment; lastAt: string }): string {
  const approvedAt = payment?.approvedAt ?? at;
  if (approvedAt > at) return at;
  return approvedAt < lastAt ? lastAt : approvedAt;
}

/** Only Toss's last sentence is kept; of earlier refusals there is the code. */
function declined({ at, code }: PaymentStep, payment: Payment): TimelineEntry {
  const last = payment?.failure;
  if (last && (code ?? last.code) === last.code) return { kind: "declined", at, reason: last };
  return { kind: "declined", at, ...(code ? { reason: { code } } : {}) };
}

/** Money that could not be kept (for a closed order, a second time, a wrong sum), and its way back. */
function returns(steps: readonly PaymentStep[], payment: Payment): TimelineEntry[] {
  const returned = payment?.returnedAmount ?? 0;
  if (payment === null || (returned === 0 && !payment.refunding)) return [];
  const kept = "paymentKey" in payment ? payment.paymentKey : undefined;
  const about = steps.filter(({ before, after, ...step }) => {
    if (step.cause === "provideRefundAccount") return false;
    if (!step.isAnnounced && !step.showsPayment) return false;
    if (isPaid(after)) return before === after && step.paymentKey !== kept;
    if (after === "CANCELED" || after === "EXPIRED") return before === after;
    return after !== "WAITING_FOR_DEPOSIT" && step.showsPayment;
  });
  const came = about[0];
  const back = returned > 0 ? about.at(-1) : undefined;
  return [
    ...(came ? [{ kind: "came_late", at: came.at } as const] : []),
    ...(back ? [{ kind: "went_back", at: back.at, amount: returned } as const] : []),
  ];
}

/** Toss keeps every refund's sum and second; an order knows the total only. */
function refunds(
  steps: readonly PaymentStep[],
  told: readonly TimelineEntry[],
  payment: Payment,
): TimelineEntry[] {
  if (!payment?.approvedAt || payment.refundedAmount === 0) return [];
  const since = told.findLast(({ kind }) => kind === "paid")?.at ?? "";
  if ("cancels" in payment) {
    return payment.cancels.map(({ canceledAt, amount }) => {
      const at = canceledAt < since ? since : canceledAt;
      return { kind: "refunded", at, amount };
    });
  }
  const refunded = steps.findLast(
    ({ after }) => after === "PARTIAL_CANCELED" || after === "CANCELED",
  );
  const amount = payment.refundedAmount;
  return refunded ? [{ kind: "refunded", at: refunded.at, amount }] : [];
}

function isPaid(status: PaymentStatus): boolean {
  return status === "DONE" || status === "PARTIAL_CANCELED";
}
