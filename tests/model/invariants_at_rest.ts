// Invariants of the settled world: all faults are over, and nothing is due.
import type { PaymentSnapshot } from "@payflow/shared";
import type { Order } from "@payflow/order/testing";
import { isOpen, lacksAccount, nextAtOf, snapshotOf } from "@payflow/payment/testing";
import type { LedgerEntry } from "@payflow/ledger/movements";
import type { Payment } from "@payflow/payment/testing";
import { BrokenInvariant, must } from "./invariant.ts";
import { held } from "./toss_session.ts";
import { refundReason, type World } from "./world.ts";

/** Returns how many attempts wait for a refund account. */
export function checkAtRest(world: World): {
  readonly waitsForAccount: number;
} {
  let waitsForAccount = 0;
  for (const order of world.orders.rows.values()) {
    const payment = world.payments.rows.get(order.orderId);
    if (payment === undefined)
      throw new BrokenInvariant("The payment service does not know the order");
    checkHistory(world, order.orderId);
    must(
      payment.attempts.every(({ payout }) => payout === null),
      "A payout that the bank has made is still open",
    );
    for (const { paymentKey, paidOutsideAt } of payment.attempts) {
      const isTwice = paidOutsideAt !== null;
      const wasDismissed = [...world.dismissed].some((one) => one.startsWith(`${paymentKey} `));
      must(isTwice || !world.paidOutside.has(paymentKey), `"${paymentKey}" was paid out twice`);
      must(!isTwice || wasDismissed, `"${paymentKey}" was not paid out twice`);
    }
    waitsForAccount += checkAttempts(world, payment);
    checkRefunds(world, payment);
    checkAccounts(world, payment);
    checkAgreement(order, payment);
    checkLedger(world, payment);
    const kept = world
      .sessionsOf(order.orderId)
      .filter((session) => session.paymentKey === payment.kept?.paymentKey);
    const heldByToss = kept.reduce((sum, session) => sum + held(session), 0);
    must(
      heldByToss === shownBy(order),
      `Toss holds ${heldByToss}, the order shows ${shownBy(order)} (${order.status})`,
    );
  }
  must(world.orders.claims.size === world.orders.rows.size, "One Idempotency-Key made two orders");
  checkDelivery(world);
  return { waitsForAccount };
}

/** A refused payout needs attention, unless an operator dismissed it; nothing else does. */
export function checkPayouts(world: World): void {
  for (const payment of world.payments.rows.values()) {
    const { refundDelayed } = snapshotOf(payment);
    const refused = world.sessionsOf(payment.orderId).flatMap(({ paymentKey, payment: atToss }) => {
      const isRefused = atToss.payout === "FAILED" || atToss.payout === "PARTIAL_FAILED";
      return isRefused ? `${paymentKey} ${atToss.payout}` : [];
    });
    must(
      refused.length > 0 || !refundDelayed,
      "A payout that Toss does not refuse needs attention",
    );
    for (const one of refused)
      must(refundDelayed || world.dismissed.has(one), `The payout ${one} needs no attention`);
    const shown = world.orders.rows.get(payment.orderId)?.payment?.refundDelayed ?? false;
    must(
      shown === refundDelayed,
      `The order shows a delay: ${shown}, the payment ${refundDelayed}`,
    );
  }
}

/** True when nothing is due, except attempts that wait for a refund account, or daily for the bank's payout. */
export function isAtRest({ toss }: World, payment: Payment): boolean {
  const { attempts, ...rest } = payment;
  const due = attempts.filter((attempt) => {
    const session = toss.sessions.get(attempt.paymentKey);
    const isHeld = session !== undefined && held(session) > 0;
    const isWaiting = attempt.payout !== null && attempt.payout === session?.payment.payout;
    return !(lacksAccount(attempt) && isHeld) && !isWaiting;
  });
  return nextAtOf({ ...rest, attempts: due } as Payment) === null;
}

function checkAttempts(world: World, payment: Payment): number {
  let waiting = 0;
  must(
    ["DONE", "PARTIAL_CANCELED", "CANCELED", "EXPIRED"].includes(payment.status),
    `The settled payment is ${payment.status}`,
  );
  for (const attempt of payment.attempts) {
    const { paymentKey, status } = attempt;
    must(!isOpen(attempt), `Attempt "${paymentKey}" was sent and is still open`);
    const session = world.toss.sessions.get(paymentKey);
    if (payment.kept?.paymentKey === paymentKey) continue;
    must(
      status === "DECLINED" || status === "VOIDED" || lacksAccount(attempt),
      `The settled attempt "${paymentKey}" is ${status}`,
    );
    if (lacksAccount(attempt)) waiting += 1;
    else
      must(
        session === undefined || held(session) === 0,
        `Toss holds money of "${paymentKey}", which is ${status}`,
      );
    const { status: atToss, virtualAccount } = session?.payment ?? {};
    const isOver = world.clock.now() > (virtualAccount?.dueAt ?? "");
    must(
      atToss !== "WAITING_FOR_DEPOSIT" || isOver,
      `The virtual account of an abandoned attempt still accepts a deposit: "${paymentKey}"`,
    );
  }
  for (const session of world.sessionsOf(payment.orderId)) {
    const isKnown = payment.attempts.some(({ paymentKey }) => paymentKey === session.paymentKey);
    must(
      isKnown || held(session) === 0,
      `Toss holds money of "${session.paymentKey}", which was never stored`,
    );
  }
  return waiting;
}

/** The ledger's sum equals the amount that Toss holds, and each cancel of an approved payment is booked once. */
function checkLedger(world: World, payment: Payment): void {
  const entries = (world.payments.journal.get(payment.orderId) ?? []) as LedgerEntry[];
  for (const { paymentKey, ...session } of world.sessionsOf(payment.orderId)) {
    const booked = entries.filter((entry) => entry.paymentKey === paymentKey);
    const sum = booked.reduce((all, { amount }) => all + amount, 0);
    const holds = held({ paymentKey, ...session });
    must(sum === holds, `The ledger has ${sum} for "${paymentKey}", Toss holds ${holds}`);
    const left = booked.filter(({ kind }) => kind === "refund" || kind === "return");
    const keys = left.map(({ transactionKey }) => transactionKey);
    // a stale response can undo the cancel of a deposit; the next response books it again
    const undone = booked.filter(({ kind }) => kind === "correction").length;
    must(
      undone === 0 || session.method === "account",
      `The ledger of "${paymentKey}" was corrected`,
    );
    must(new Set(keys).size >= keys.length - undone, `A cancel of "${paymentKey}" is booked twice`);
  }
}

/** A refund goes to its own account; a deposit for a closed order goes to an account that was provided and not rejected. */
function checkAccounts(world: World, payment: Payment): void {
  const { orderId, refunds } = payment;
  for (const session of world.sessionsOf(orderId)) {
    for (const { transactionKey, mark } of session.payment.cancels) {
      const paidTo = session.paidTo.get(transactionKey);
      if (paidTo === undefined || paidTo === "console") continue;
      const key = refunds.find((one) => one.mark === mark)?.key.replace("refund-", "");
      const isNamed = key
        ? paidTo === `10${key}`
        : world.accounts.some((one) => one.orderId === orderId && one.accountNumber === paidTo);
      must(isNamed, `Money went to account ${paidTo}, which was not provided for it`);
    }
  }
}

/** A DONE refund was made once at Toss, a DECLINED one never; the kept payment has no other cancels. */
function checkRefunds(world: World, payment: Payment): void {
  const { kept } = payment;
  const { refundMarks } = snapshotOf(payment);
  const cancels = (kept && world.toss.sessions.get(kept.paymentKey)?.payment.cancels) ?? [];
  for (const { key, mark, status, amount, taxFreeAmount } of payment.refunds) {
    const times = cancels.filter((cancel) => cancel.mark === mark).length;
    must(status === "DONE" || status === "DECLINED", `The settled refund "${key}" is ${status}`);
    const made = cancels.find((cancel) => cancel.mark === mark);
    must(
      made === undefined || refundMarks.includes(mark) || kept?.approvedAt == null,
      `The snapshot lacks the mark of refund "${key}"`,
    );
    must(
      made === undefined || made.amount === amount,
      `Refund "${key}" of ${amount} returned ${made?.amount}`,
    );
    must(
      made === undefined || made.taxFreeAmount === taxFreeAmount,
      `Refund "${key}" of ${taxFreeAmount} free of VAT returned ${made?.taxFreeAmount}`,
    );
    must(times <= 1, `Refund "${key}" was made ${times} times`);
    if (!world.hasLied)
      must(
        (status === "DONE") === (times === 1),
        `Refund "${key}" is ${status} and was made ${times} times`,
      );
  }
  if (kept?.approvedAt == null) return;
  const left = world.toss.sessions.get(kept.paymentKey)?.payment.taxFreeAmount;
  must(
    kept.taxFreeAmount === left,
    `The payment has ${kept.taxFreeAmount} free of VAT, Toss ${left}`,
  );
  const marks = payment.refunds.map(({ mark }) => mark);
  for (const { mark, reason } of cancels)
    must(
      mark === null ? reason === refundReason : marks.includes(mark),
      `The kept payment has an unexpected cancel: ${reason}`,
    );
}

function checkHistory({ orders, payments }: World, orderId: string): void {
  for (const { rows, history } of [orders, payments]) {
    const versions = history.get(orderId) ?? [];
    must(versions.length === rows.get(orderId)?.version, "The history has a gap");
    versions.forEach((version, index) =>
      must(version === index + 1, `The history goes from ${index} to ${version}`),
    );
  }
}

/** The order agrees with the payment, and has its newest published snapshot. */
function checkAgreement(order: Order, payment: Payment): void {
  const is = snapshotOf(payment);
  const shown = order.payment ?? is;
  must(
    shown.paymentVersion <= is.paymentVersion,
    `The order has version ${shown.paymentVersion} of a payment at ${is.paymentVersion}`,
  );
  // a version without a published change has no event
  for (const name of Object.keys(is).filter(
    (key) => key !== "paymentVersion",
  ) as (keyof PaymentSnapshot)[]) {
    const [says, truth] = [JSON.stringify(shown[name]), JSON.stringify(is[name])];
    must(says === truth, `The order's snapshot has ${name} ${says}, but the payment has ${truth}`);
  }
  must(order.status === statusFor(is), `The order is ${order.status}, its payment ${is.status}`);
}

function statusFor({ status, refundedAmount }: PaymentSnapshot): Order["status"] {
  if (status === "DONE") return "CONFIRMED";
  if (status === "PARTIAL_CANCELED") return "PARTIALLY_REFUNDED";
  if (status === "CANCELED") return refundedAmount > 0 ? "REFUNDED" : "CANCELED";
  if (status === "EXPIRED") return "EXPIRED";
  return status === "WAITING_FOR_DEPOSIT" ? "AWAITING_DEPOSIT" : "PENDING";
}

/** Every saved event took effect once, unless Kafka's disk got lost after it was published. */
function checkDelivery({ orders, payments, orderTopic, paymentTopic }: World): void {
  const sent = [
    ...orders.outbox
      .filter(({ event }) => event.eventType === "OrderCreated")
      .map(({ event }) => [event.eventId, payments.inbox, orderTopic] as const),
    ...payments.outbox.map(({ event }) => [event.eventId, orders.inbox, paymentTopic] as const),
  ];
  for (const [eventId, inbox, topic] of sent) {
    const times = inbox.get(eventId) ?? 0;
    must(
      times === 1 || (times === 0 && topic.wiped.has(eventId)),
      `Event ${eventId} took effect ${times} times`,
    );
  }
}

export function shownBy(order: Order): number {
  switch (order.status) {
    case "CONFIRMED":
      return order.amount;
    case "PARTIALLY_REFUNDED":
    case "REFUNDED":
      return order.amount - order.refundedAmount;
    default:
      return 0;
  }
}
