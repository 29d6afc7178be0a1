// Invariants of each step, written independently of the code under test.
import { isDeepStrictEqual } from "node:util";
import type { OrderEvent, PaymentEvent, PaymentSnapshot } from "@payflow/shared";
import type { Order } from "@payflow/order/testing";
import { isOpen, snapshotOf, type Payment } from "@payflow/payment/testing";
import { must } from "./invariant.ts";
import { held, type Session } from "./toss_session.ts";
import type { World } from "./world.ts";

const isClosedUnpaid = (payment: Payment) =>
  (payment.status === "CANCELED" || payment.status === "EXPIRED") &&
  payment.kept?.approvedAt == null;

/** The published part of a payment. */
function seen(payment: Payment): Omit<PaymentSnapshot, "paymentVersion"> {
  const { paymentVersion: _, ...rest } = snapshotOf(payment);
  return rest;
}

export function checkPaymentSave(
  before: Payment | undefined,
  after: Payment,
  events: readonly PaymentEvent[],
): void {
  must(
    after.version === (before?.version ?? 0) + 1,
    `Payment version ${after.version} follows ${before?.version}`,
  );
  must(after.attempts.filter(isOpen).length <= 1, "Two paymentKeys of one order are open at Toss");
  must(after.refunds.filter(isOpen).length <= 1, "Two refunds of one payment are open");
  for (const { eventId: _, eventType, occurredOn: __, ...content } of events)
    must(isDeepStrictEqual(content, snapshotOf(after)), `${eventType} differs from the payment`);
  if (before === undefined) return;
  must(
    events.length > 0 ||
      isDeepStrictEqual(seen(before), seen(after)) ||
      after.status === "IN_PROGRESS" ||
      (after.status === "READY" && after.failure === null),
    `The published part of a payment that is ${after.status} changed without an event`,
  );
  must(
    events.length === 0 || !isDeepStrictEqual(seen(before), seen(after)),
    `${events[0]?.eventType} repeats the previous event`,
  );
  for (const attempt of before.attempts) {
    must(
      after.attempts.some(({ paymentKey }) => paymentKey === attempt.paymentKey),
      `Attempt "${attempt.paymentKey}" is missing`,
    );
  }
  must(
    !isClosedUnpaid(before) || after.status === before.status,
    `A payment that was ${before.status} unpaid became ${after.status}`,
  );
}

const announcements: Partial<Record<Order["status"], string>> = {
  CONFIRMED: "OrderConfirmed",
  CANCELED: "OrderCanceled",
  EXPIRED: "OrderExpired",
  PARTIALLY_REFUNDED: "OrderRefunded",
  REFUNDED: "OrderRefunded",
};
const refundedOf = (order: Order | undefined) =>
  order && "refundedAmount" in order ? order.refundedAmount : 0;

export function checkOrderSave(
  before: Order | undefined,
  after: Order,
  events: readonly OrderEvent[],
): void {
  const isNews = before?.status !== after.status || refundedOf(before) !== refundedOf(after);
  const expected = before === undefined ? "OrderCreated" : announcements[after.status];
  const topics = events.map(({ eventType }) => eventType).join();
  must(
    topics === (isNews ? (expected ?? "") : ""),
    `An order that became ${after.status} (${refundedOf(after)} refunded) published: ${topics}`,
  );
  for (const event of events) {
    const { orderId, amount } = after;
    must(
      event.orderId === orderId && event.amount === amount,
      `${event.eventType} has amount ${event.amount} for "${event.orderId}"`,
    );
    must(
      !("refundedAmount" in event) || event.refundedAmount === refundedOf(after),
      `${event.eventType} has refundedAmount ${"refundedAmount" in event ? event.refundedAmount : 0}, but it is ${refundedOf(after)}`,
    );
  }
  must(
    after.version === (before?.version ?? 0) + 1,
    `Order version ${after.version} follows ${before?.version}`,
  );
  const [was, is] = [before?.payment?.paymentVersion ?? 0, after.payment?.paymentVersion ?? 0];
  must(is >= was, `The order went back from payment version ${was} to ${is}`);
}

/** Called on each capture at Toss. */
export function checkCapture(session: Session, world: World): void {
  const { paymentKey, orderId } = session;
  must(session.captures === 1, `"${paymentKey}" was approved ${session.captures} times`);
  const payment = world.payments.rows.get(orderId);
  const attempt = payment?.attempts.find((one) => one.paymentKey === paymentKey);
  must(attempt !== undefined, `"${paymentKey}" was approved, but never stored`);
  if (world.hasLied) return;
  must(
    attempt?.status !== "DECLINED",
    `"${paymentKey}" was approved after it was reported as declined`,
  );
  const charged = world.sessionsOf(orderId).filter((other) => held(other) > 0);
  must(
    charged.length <= 1,
    `The buyer is charged twice: ${charged.map((other) => other.paymentKey).join(", ")}`,
  );
}
