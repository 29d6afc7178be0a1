// What a decision leaves behind: the next version and its event, or a query that brought nothing new.
import { sameJson, type Change, type PaymentEvent } from "@payflow/shared";
import type { Payment } from "./payment.ts";
import type { Moment } from "./psp.ts";
import { announcement, snapshotOf } from "./snapshot.ts";
import { entriesOf } from "./timeline.ts";

export type PaymentChange = Change<Payment, PaymentEvent>;

/** The next version, the event for what others can see of it, and its timeline entries. */
export function changed(
  before: Payment,
  after: Payment,
  moment: Moment,
  version = before.version + 1,
): PaymentChange {
  const state = { ...after, version, looks: before.looks };
  const eventType = announcement(before, state);
  const entries = entriesOf(before, state);
  if (eventType === undefined) return { state, events: [], entries };
  const head = { eventId: moment.newId(), eventType, occurredOn: moment.now };
  return { state, events: [{ ...head, ...snapshotOf(state) }], entries };
}

/**
 * The payment after a query that brought nothing new: only what is due may have moved. It makes no version and no
 * event, since anyone can cause such queries; but responses to queries made before it are stale by it.
 */
export function looked(before: Payment, after: Payment): PaymentChange {
  return { state: { ...after, looks: before.looks + 1 }, events: [] };
}

/** What a query brought: a change, or nothing new. */
export function recorded(before: Payment, after: Payment, moment: Moment): PaymentChange {
  return sameJson(withoutSchedule(before), withoutSchedule(after))
    ? looked(before, after)
    : changed(before, after, moment);
}

function withoutSchedule({ version: _, looks: __, ...payment }: Payment): unknown {
  const schedule = { checks: 0, missing: 0, nextAt: null };
  const attempts = payment.attempts.map((attempt) => ({ ...attempt, ...schedule }));
  const refunds = payment.refunds.map((refund) => ({ ...refund, ...schedule }));
  return { ...payment, attempts, refunds };
}
