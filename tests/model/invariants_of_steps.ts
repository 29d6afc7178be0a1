// What must hold at every step, stated once more and apart from the code under test.
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

/** What others can see of a payment. */
function seen(payment: Payment): Omit<PaymentSnapshot, "paymentVersion"> {
  const { paymentVersion: _, ...rest } = snapshotOf(payment);
  return rest;
}

/** At every step of a payment. */
export function checkPaymentSave(
  before: Payment | undefined,
  after: Payment,
  events: readonly PaymentEvent[],
): void {
  must(
    after.version === (before?.version ?? 0) + 1,
    `Payment version ${after.version} follows ${before?.version}`,
  );
  must(
    after.attempts.filter(isOpen).length <= 1,
    "Two paymentKeys of one order are under way at Toss",
  );
  must(after.refunds.filter(isOpen).length <= 1, "Two refunds of one payment are under way");
  for (const { eventId: _, eventType, occurredOn: __, ...told } of events)
    must(
      isDeepStrictEqual(told, snapshotOf(after)),
      `${eventType} tells something else than the payment is`,
    );
  if (before === undefined) return;
  must(
    events.length > 0 ||
      isDeepStrictEqual(seen(before), seen(after)) ||
      after.status === "IN_PROGRESS" ||
      (after.status === "READY" && after.failure === null),
    `What others see of a payment that is ${after.status} changed untold`,
  );
  must(
    events.length === 0 || !isDeepStrictEqual(seen(before), seen(after)),
    `${events[0]?.eventType} tells what was told before`,
  );
  for (const attempt of before.attempts) {
    must(
      after.attempts.some(({ paymentKey }) => paymentKey === attempt.paymentKey),
      `Attempt "${attempt.paymentKey}" is forgotten`,
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

/** At every step of an order. */
export function checkOrderSave(
  before: Order | undefined,
  after: Order,
  events: readonly OrderEvent[],
): void {
  const isNews = before?.status !== after.status || refundedOf(before) !== refundedOf(after);
  const expected = before === undefined ? "OrderCreated" : announcements[after.status];
  const told = events.map(({ eventType }) => eventType).join();
  must(
    told === (isNews ? (expected ?? "") : ""),
    `An order that became ${after.status} (${refundedOf(after)} back) told: ${told}`,
  );
  for (const event of events) {
    const { orderId, amount } = after;
    must(
      event.orderId === orderId && event.amount === amount,
      `${event.eventType} speaks of ${event.amount} of "${event.orderId}"`,
    );
    must(
      !("refundedAmount" in event) || event.refundedAmount === refundedOf(after),
      `${event.eventType} says that ${"refundedAmount" in event ? event.refundedAmount : 0} went back, and it was ${refundedOf(after)}`,
    );
  }
  must(
    after.version === (before?.version ?? 0) + 1,
    `Order version ${after.version} follows ${before?.version}`,
  );
  const [was, is] = [before?.payment?.paymentVersion ?? 0, after.payment?.paymentVersion ?? 0];
  must(is >= was, `The order went back from payment version ${was} to ${is}`);
}

/** Whenever Toss takes money. */
export function checkCapture(session: Session, world: World): void {
  const { paymentKey, orderId } = session;
  must(session.captures === 1, `"${paymentKey}" was approved ${session.captures} times`);
  const payment = world.payments.rows.get(orderId);
  const attempt = payment?.attempts.find((one) => one.paymentKey === paymentKey);
  must(attempt !== undefined, `"${paymentKey}" was approved, but never stored`);
  if (world.hasLied) return;
  must(
    attempt?.status !== "DECLINED",
    `"${paymentKey}" was approved after it had been called declined`,
  );
  const charged = world.sessionsOf(orderId).filter((other) => held(other) > 0);
  must(
    charged.length <= 1,
    `The buyer is charged twice: ${charged.map((other) => other.paymentKey).join(", ")}`,
  );
}
