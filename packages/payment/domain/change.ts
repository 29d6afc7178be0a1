// The result of a decision: the next version and its event, or a query that brought nothing new.
import { delayEntries, sameJson, statusEntries } from "@payflow/shared";
import type { Change, PaymentEvent, RecordedEntry } from "@payflow/shared";
import { booked, type LedgerEntry } from "@payflow/ledger/movements";
import type { Charge, Finding } from "./charge.ts";
import { findAttempt, type Attempt, type Payment } from "./payment.ts";
import type { Moment } from "./psp.ts";
import { announcement, snapshotOf } from "./snapshot.ts";

export type PaymentChange = Change<Payment, PaymentEvent> & {
  readonly journal?: readonly LedgerEntry[];
};
export type Stamp = Pick<Moment, "now" | "newId">;
/** Undefined: there is nothing to change. */
export type Decision = PaymentChange | undefined;

/** The next version, its event if the snapshot changed, its timeline entries, and the charges' ledger entries. */
export function changed(
  before: Payment,
  after: Payment,
  moment: Stamp,
  { version = before.version + 1, shown = [] as readonly Charge[] } = {},
): PaymentChange {
  const state = { ...after, version, scheduleVersion: before.scheduleVersion };
  const eventType = announcement(before, state);
  const entries = entriesOf(before, state);
  const journal = shown.flatMap((charge) => bookedOf(charge, before, state, moment));
  if (eventType === undefined) return { state, events: [], entries, journal };
  const head = { eventId: moment.newId(), eventType, occurredOn: moment.now };
  return { state, events: [{ ...head, ...snapshotOf(state) }], entries, journal };
}

function bookedOf(charge: Charge, before: Payment, after: Payment, { now }: Stamp) {
  const { paymentKey } = charge;
  const left = findAttempt(after, paymentKey)?.cancel ? "return" : "refund";
  const was = moneyOf(before, paymentKey);
  return booked(charge, { was, is: moneyOf(after, paymentKey), left, now });
}

/** The amounts that came and went by a paymentKey, in won. */
export function moneyOf(payment: Payment, paymentKey: string) {
  const { kept, amount } = payment;
  if (kept?.paymentKey === paymentKey && kept.approvedAt !== null)
    return { came: amount, went: amount - kept.balanceAmount };
  const { status, cancel } = findAttempt(payment, paymentKey) ?? {};
  const came = status === "VOIDING" || status === "VOIDED" ? (cancel?.amount ?? 0) : 0;
  return { came, went: status === "VOIDED" ? came : (cancel?.wentAmount ?? 0) };
}

/**
 * The payment after a query that brought nothing new: only its schedule may change. It makes no version and no event,
 * because anyone can trigger such queries. It makes the responses to earlier queries stale.
 */
export function rescheduled(before: Payment, after: Payment): PaymentChange {
  return { state: { ...after, scheduleVersion: before.scheduleVersion + 1 }, events: [] };
}

/** The change after a query; `rescheduled` if only the schedule differs. */
export function recorded(before: Payment, after: Payment, finding: Finding, moment: Moment) {
  if (sameJson(withoutSchedule(before), withoutSchedule(after))) return rescheduled(before, after);
  const shown = finding.kind === "payment" ? [finding.payment] : [];
  return changed(before, after, moment, { shown });
}

function withoutSchedule({ version: _, scheduleVersion: __, ...payment }: Payment): unknown {
  const schedule = { checks: 0, missing: 0, nextAt: null };
  const attempts = payment.attempts.map((attempt) => ({ ...attempt, ...schedule }));
  const refunds = payment.refunds.map((refund) => ({ ...refund, ...schedule }));
  return { ...payment, attempts, refunds };
}

/** The timeline entries of a change; saved with it. */
function entriesOf(before: Payment, after: Payment): RecordedEntry[] {
  const isTried = after.attempts.some(
    ({ status, paymentKey }) => status === "REQUESTED" && !findAttempt(before, paymentKey),
  );
  const returns = after.attempts.flatMap((attempt) => returnsOf(before, attempt));
  return [
    ...(isTried ? [{ kind: "tried" } as const] : []),
    ...statusEntries(snapshotOf(before), snapshotOf(after)),
    ...refundsOf(before, after),
    ...returns,
    ...delayEntries(snapshotOf(before), snapshotOf(after)),
  ];
}

/** An entry for each new cancel, with the PSP's amount and time. The cancel of an unpaid account is no refund. */
function refundsOf(before: Payment, after: Payment): RecordedEntry[] {
  if (after.kept?.approvedAt == null) return [];
  const known = new Set(before.kept?.cancels.map(({ transactionKey }) => transactionKey));
  return after.kept.cancels
    .filter(({ transactionKey }) => !known.has(transactionKey))
    .map(({ amount, canceledAt }) => ({ kind: "refunded", amount, at: canceledAt }));
}

function returnsOf(before: Payment, after: Attempt): RecordedEntry[] {
  const was = onItsWayBack(findAttempt(before, after.paymentKey));
  const amount = onItsWayBack(after);
  const came: RecordedEntry[] = was === 0 && amount > 0 ? [{ kind: "came_late" }] : [];
  return was > 0 && amount === 0 ? [{ kind: "went_back", amount: was }] : came;
}

/** The amount that this attempt has yet to return, in won. */
function onItsWayBack(attempt: Attempt | undefined): number {
  return attempt?.status === "VOIDING" ? (attempt.cancel?.amount ?? 0) : 0;
}
