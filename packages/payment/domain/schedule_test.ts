import { expect, test } from "bun:test";
import {
  account,
  answered,
  at,
  atToss,
  closing,
  declined,
  done,
  inProgress,
  key,
  noAnswer,
  recordConfirmAnswer,
  resendConfirm,
  unknown,
  waiting,
  waitingAtToss,
} from "../testing/given.ts";
import { changed } from "./change.ts";
import { checksBeforeReview, mayResend } from "./operation.ts";
import { attemptOf, nextAtOf, withAttempt, type Payment } from "./payment.ts";
import { isKnown, woken } from "./plan.ts";
import { recordFinding } from "./record.ts";

const missing = { kind: "missing" } as const;
const serverError = { ...noAnswer, answered: true };
const sessionGone = {
  kind: "session_gone",
  code: "NOT_FOUND_PAYMENT_SESSION",
  message: "결제 시간이 만료되었습니다.",
} as const;

/** Seconds after the start when an operation is due. */
function dueAt(payment: Payment): number {
  const next = nextAtOf(payment);
  if (next === null) throw new Error("Nothing will ever be due");
  return (Date.parse(next) - Date.parse(at(0).now)) / 1000;
}

/** Whenever it is due: queries, resends the confirm if allowed, and gets an error, as during an outage of Toss. */
function through(illness: number): { payment: Payment; sends: number[] } {
  let payment = recordConfirmAnswer(inProgress(), key, serverError, at(2)).state;
  const sends: number[] = [];
  for (let now = dueAt(payment); now < illness; now = dueAt(payment)) {
    payment = recordFinding(payment, key, missing, at(now)).state;
    if (!mayResend(attemptOf(payment, key), at(now))) continue;
    payment = resendConfirm(payment, key, at(now)).state;
    payment = recordConfirmAnswer(payment, key, serverError, at(now)).state;
    sends.push(now);
  }
  return { payment, sends };
}

test("confirms that keep failing are repeated with back-off", () => {
  const { sends } = through(2_600);
  const waits = sends.slice(1).map((at, index) => at - (sends[index] as number));
  expect(waits.slice(0, 3)).toEqual([10, 15, 20]);
  expect(waits).toEqual(waits.toSorted((a, b) => a - b));
  expect(sends.length).toBeLessThan(50);
});

test.each([60, 300, 480, 600])(
  "an attempt whose session has expired after %d s of errors at Toss is queried until the expiry counts",
  (illness) => {
    let { payment } = through(illness);
    const now = dueAt(payment);
    payment = recordFinding(payment, key, missing, at(now)).state;
    payment = resendConfirm(payment, key, at(now)).state;
    payment = recordConfirmAnswer(payment, key, sessionGone, at(now)).state;
    while (payment.status === "IN_PROGRESS") {
      payment = recordFinding(payment, key, missing, at(dueAt(payment))).state;
    }
    expect(payment.status).toBe("READY");
    expect(attemptOf(payment, key).status).toBe("DECLINED");
  },
);

test("webhook-triggered queries postpone no scheduled ones", () => {
  let payment = unknown();
  const before = attemptOf(payment, key);
  for (let count = 0; count < 100; count++)
    payment = recordFinding(payment, key, missing, at(3)).state;
  expect(attemptOf(payment, key)).toEqual(before);
});

test("an account that Toss shows unchanged is not announced again", () => {
  const after = recordFinding(waiting(), key, answered(waitingAtToss), at(60));
  expect(after.events).toEqual([]);
  // as loaded from the database, which changes the order of members
  const { dueAt, ...rest } = account;
  const stored = waiting() as Extract<Payment, { status: "WAITING_FOR_DEPOSIT" }>;
  const kept = { ...stored.kept, virtualAccount: { dueAt, ...rest } };
  const again = recordFinding({ ...stored, kept }, key, answered(waitingAtToss), at(60));
  expect(again.events).toEqual([]);
  expect(changed({ ...stored, kept }, stored, at(60)).events).toEqual([]);
});

test("a webhook-triggered query without a response is repeated soon", () => {
  const noNews = { kind: "unknown", code: "NO_ANSWER", message: "" } as const;
  const polled = waiting();
  expect(dueAt(polled)).toBe(3_602);
  const counted = recordFinding(polled, key, noNews, at(100)).state;
  expect(dueAt(counted)).toBe(105);
  // and what is due already is not postponed by an hour
  const again = recordFinding(counted, key, noNews, at(101)).state;
  expect(dueAt(again)).toBe(105);
});

test.each([
  ["a waiting account", waiting],
  ["an open attempt", unknown],
  ["an attempt that ended", done],
] as const)(
  "%s is queried within half a minute of Toss's return, however long the outage",
  (_, given) => {
    const noNews = { kind: "unknown", code: "NO_ANSWER", message: "" } as const;
    let payment: Payment = given();
    const { checks } = attemptOf(payment, key);
    for (let count = 0; count < 5_000; count++) {
      const now = dueAt(payment);
      const change = recordFinding(payment, key, noNews, at(now));
      expect(dueAt(change.state) - now).toBeWithin(5, 31);
      payment = change.state;
    }
    expect(attemptOf(payment, key).checks).toBe(checks);
  },
);

test("an open attempt is never dropped while Toss shows nothing new", () => {
  const shown = answered(atToss({ status: "IN_PROGRESS", approvedAt: null }));
  let payment: Payment = unknown();
  for (let count = 0; count < 200; count++)
    payment = recordFinding(payment, key, shown, at(dueAt(payment))).state;
  const { checks } = attemptOf(payment, key);
  expect(checks).toBeGreaterThan(checksBeforeReview);
  expect(dueAt(payment)).toBeGreaterThan(100 * 86_400);
});

test("woken() makes only open operations due", () => {
  const open = withAttempt(unknown(), { ...attemptOf(unknown(), key), nextAt: at(3_600).now });
  expect(dueAt(woken(open, at(60).now)?.state as Payment)).toBe(60);
  // a call may be under way
  expect(woken(inProgress(), at(2).now)).toBeUndefined();
  for (const ended of [done(), waiting(), declined()])
    expect(woken(ended, at(60).now)).toBeUndefined();
  expect(dueAt(woken(closing(), at(-60).now)?.state as Payment)).toBe(-60);
});

test("a query without a change makes no version and no event, and makes earlier responses stale", () => {
  const shown = answered(atToss({ status: "IN_PROGRESS", approvedAt: null }));
  for (const [given, finding, seconds] of [
    [unknown(), shown, 60],
    [unknown(), missing, 60],
    [unknown(), { ...noAnswer }, 60],
    [unknown(), shown, 3],
    [done(), answered(atToss()), 60],
    [waiting(), answered(waitingAtToss), 4_000],
  ] as const) {
    const { state, events } = recordFinding(given, key, finding, at(seconds));
    expect(state.version).toBe(given.version);
    expect(state.scheduleVersion).toBe(given.scheduleVersion + 1);
    expect(events).toEqual([]);
  }
});

test("a webhook-triggered query without a response keeps the check after eleven minutes", () => {
  const noNews = { kind: "unknown", code: "NO_ANSWER", message: "" } as const;
  const counted = recordFinding(declined(), key, noNews, at(100)).state;
  const later = recordFinding(counted, key, missing, at(105)).state;
  expect(dueAt(later)).toBe(661);
});

test('the last check of a declined attempt is repeated after one "no such payment"', () => {
  const once = recordFinding(declined(), key, missing, at(661)).state;
  // before the order expires
  expect(dueAt(once)).toBeLessThan(700);
  const twice = recordFinding(once, key, missing, at(dueAt(once))).state;
  expect(attemptOf(twice, key).nextAt).toBeNull();
});

test("isKnown() is true only for a webhook that shows the recorded approval and nothing else", () => {
  const paid = { paymentKey: key, cancelKey: null, showsPaid: true };
  expect(isKnown(done(), paid)).toBe(true);
  expect(isKnown(done(), { ...paid, showsPaid: false })).toBe(false);
  expect(isKnown(done(), { ...paid, cancelKey: "txrd_1" })).toBe(false);
  expect(isKnown(done(), { ...paid, paymentKey: null })).toBe(false);
  expect(isKnown(done(), { ...paid, paymentKey: "another" })).toBe(false);
  expect(isKnown(inProgress(), paid)).toBe(false);
  expect(isKnown(waiting(), paid)).toBe(false);
  // a deposit can be reversed and made again
  const deposit = atToss({ status: "DONE", virtualAccount: account });
  const deposited = recordFinding(
    waiting(),
    key,
    { kind: "payment", payment: deposit },
    at(9),
  ).state;
  expect(deposited.status).toBe("DONE");
  expect(isKnown(deposited, paid)).toBe(false);
});
