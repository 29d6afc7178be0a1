// When an attempt with an approval or an account is queried next.
import { earlier, plusMs } from "@payflow/shared";
import type { Charge } from "./charge.ts";
import { backOffMs, isOpen } from "./operation.ts";
import { accountOverAt, type Attempt, type Payment } from "./payment.ts";
import type { Moment } from "./psp.ts";

const recheckCount = 5;
const dayMs = 24 * 60 * 60_000;

/** True while an account is rechecked: five queries within 90 seconds, whatever the responses show. */
export function isRechecked({ status, checks }: Attempt): boolean {
  const isHeld = status === "APPROVED" || status === "WAITING_FOR_DEPOSIT";
  return isHeld && checks > 0 && checks < recheckCount;
}

/**
 * The schedule of the kept attempt. Any response may be stale, even one to a webhook-triggered query. So the account is
 * checked soon when a known deposit is missing, or when a webhook was about a paid account.
 */
export function rechecked(payment: Payment, known: Attempt, charge: Charge, moment: Moment) {
  const { status, checks, nextAt } = known;
  const isWaiting = charge.status === "WAITING_FOR_DEPOSIT";
  const isDue = nextAt !== null && nextAt <= moment.now;
  const isAsKnown = charge.cancels.length === payment.kept?.cancels.length;
  const isPaidAccount = status === "APPROVED" && charge.virtualAccount !== null;
  const isUnscheduled = !isDue && !payment.refunds.some(isOpen);
  const soonAt = plusMs(moment.now, backOffMs(0));
  if (isPaidAccount && isUnscheduled && isAsKnown)
    return { checks: 1, nextAt: earlier(nextAt ?? soonAt, soonAt) };
  if (isWaiting && payment.kept?.approvedAt != null) return { checks: 1, nextAt: soonAt };
  if (isRechecked(known))
    return isDue ? { checks: checks + 1, nextAt: plusMs(moment.now, backOffMs(checks)) } : {};
  const laterAt = isWaiting ? nextDepositPoll(charge, moment) : lastCheckAt(known, moment);
  return { checks: 0, nextAt: laterAt };
}

function nextDepositPoll(charge: Charge, moment: Moment): string {
  const pollAt = plusMs(moment.now, moment.psp.depositPollMs);
  const overAt = accountOverAt(charge, moment);
  return overAt !== null && overAt > moment.now ? earlier(overAt, pollAt) : pollAt;
}

/** Every attempt is queried once more when no earlier call can change it any longer, and daily before a payout. */
export function lastCheckAt(attempt: Attempt, moment: Moment): string | null {
  const checkAt = plusMs(attempt.firstSentAt, moment.psp.confirmWindowMs);
  return moment.now < checkAt ? checkAt : payoutCheckAt(attempt, moment);
}

/** The bank pays out, or refuses to, days after the cancel, and no webhook tells. A dismissed payout ends after 90 days. */
export function payoutCheckAt(attempt: Attempt, { now }: Moment): string | null {
  const { payout, isPayoutDismissed, paidOutsideAt } = attempt;
  const checkAt = plusMs(now, dayMs);
  const isOver = isPayoutDismissed && checkAt > plusMs(paidOutsideAt ?? now, 90 * dayMs);
  return payout === null || isOver ? null : checkAt;
}
