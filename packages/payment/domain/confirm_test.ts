import { describe, expect, test } from "bun:test";
import {
  account,
  answered,
  at,
  atToss,
  canceled,
  closing,
  declined,
  done,
  expired,
  expiresAt,
  inProgress,
  key,
  noAnswer,
  partlyCanceledAtToss,
  partlyRefunded,
  ready,
  recordConfirmAnswer,
  refunded,
  rejected,
  resendConfirm,
  unknown,
  waiting,
  waitingAtToss,
} from "../testing/given.ts";
import type { Answer, Finding } from "./charge.ts";
import { backOffMs, checksBeforeReview, mayResend } from "./operation.ts";
import { attemptOf, nextAtOf, type Payment } from "./payment.ts";
import { recordFinding } from "./record.ts";
import { requestConfirm } from "./requests.ts";
import { snapshotOf } from "./snapshot.ts";

const missing = { kind: "missing" } as const;
const types = (change: { events: readonly { eventType: string }[] }) =>
  change.events.map((event) => event.eventType);
const request = (payment: Payment, paymentKey = "another-key", seconds = 5) =>
  requestConfirm(payment, { paymentKey, amount: 1000 }, at(seconds));

describe("requestConfirm()", () => {
  test("stores the attempt before anything is sent", () => {
    const change = requestConfirm(ready(), { paymentKey: key, amount: 1000 }, at(1));
    expect(change?.state).toMatchObject({ status: "IN_PROGRESS", version: 2 });
    expect(change?.state.attempts).toMatchObject([
      { paymentKey: key, status: "REQUESTED", sends: 1, nextAt: at(6).now },
    ]);
    expect(change?.events).toEqual([]);
  });

  test("refuses another amount", () => {
    expect(() => requestConfirm(ready(), { paymentKey: key, amount: 900 }, at(1))).toThrow(
      expect.objectContaining({ code: "amount_mismatch" }),
    );
  });

  test("changes nothing for a stored paymentKey, whatever its outcome", () => {
    for (const payment of [
      inProgress(),
      unknown(),
      declined(),
      done(),
      waiting(),
      refunded(),
      canceled(inProgress()),
    ]) {
      expect(request(payment, key)).toBeUndefined();
    }
  });

  test.each([
    ["IN_PROGRESS", inProgress(), "payment_in_progress"],
    ["an unknown outcome", unknown(), "payment_in_progress"],
    ["WAITING_FOR_DEPOSIT", waiting(), "payment_in_progress"],
    ["DONE", done(), "order_already_paid"],
    ["PARTIAL_CANCELED", partlyRefunded(), "order_already_paid"],
    ["a full refund", refunded(), "order_not_payable"],
    ["CANCELED", canceled(), "order_not_payable"],
    ["EXPIRED", expired(), "order_not_payable"],
  ])("refuses another paymentKey in %s", (_, payment, code) => {
    expect(() => request(payment)).toThrow(expect.objectContaining({ code }));
  });

  test("refuses an expired order", () => {
    const late = (Date.parse(expiresAt) - Date.parse(at(0).now)) / 1000;
    expect(() => request(ready(), "another-key", late)).toThrow(
      expect.objectContaining({ code: "order_not_payable" }),
    );
    expect(request(ready(), "another-key", late - 1)).toBeDefined();
  });

  test("lets a declined order be paid by another paymentKey, and clears the failure", () => {
    const change = request(declined());
    expect(change?.state).toMatchObject({ status: "IN_PROGRESS", failure: null });
    expect(change?.state.attempts.map((attempt) => attempt.status)).toEqual([
      "DECLINED",
      "REQUESTED",
    ]);
  });

  test("refuses the fifty-first attempt of other clients", () => {
    let payment = ready();
    for (let attempt = 0; attempt < 50; attempt++) {
      const paymentKey = `key-${attempt}`;
      payment = request(payment, paymentKey)?.state as Payment;
      payment = recordConfirmAnswer(payment, paymentKey, rejected, at(6)).state;
    }
    expect(() => request(payment)).toThrow(expect.objectContaining({ code: "too_many_attempts" }));
    // anyone who knows the id may have used them up: the order's own shopper can still pay
    const own = { paymentKey: key, amount: 1000, isTrusted: true };
    expect(requestConfirm(payment, own, at(6))?.state.status).toBe("IN_PROGRESS");
  });
});

describe("recordConfirmAnswer()", () => {
  test("keeps an approval", () => {
    const change = recordConfirmAnswer(inProgress(), key, answered(atToss()), at(2));
    expect(types(change)).toEqual(["PaymentConfirmed"]);
    expect(snapshotOf(change.state)).toMatchObject({
      status: "DONE",
      balanceAmount: 1000,
      refundedAmount: 0,
    });
    expect(attemptOf(change.state, key).status).toBe("APPROVED");
  });

  test("keeps a virtual account and schedules queries of it", () => {
    const change = recordConfirmAnswer(inProgress(), key, answered(waitingAtToss), at(2));
    expect(types(change)).toEqual(["PaymentAwaitingDeposit"]);
    expect(snapshotOf(change.state)).toMatchObject({
      status: "WAITING_FOR_DEPOSIT",
      balanceAmount: 0,
      virtualAccount: account,
    });
    expect(nextAtOf(change.state)).toBe(at(2 + 3600).now);
  });

  test("a refusal of the only confirm ends the attempt and opens the order again", () => {
    const change = recordConfirmAnswer(inProgress(), key, rejected, at(2));
    expect(types(change)).toEqual(["PaymentDeclined"]);
    expect(change.state).toMatchObject({
      status: "READY",
      failure: { code: "REJECT_CARD_PAYMENT" },
    });
    expect(attemptOf(change.state, key).nextAt).toBe(at(1 + 11 * 60).now);
  });

  test("a refusal that arrives when the last check is past is checked at once", () => {
    const late = at(1_900);
    const { state } = recordConfirmAnswer(inProgress(), key, rejected, late);
    expect(attemptOf(state, key)).toMatchObject({ status: "DECLINED", nextAt: late.now });
  });

  test("a refusal after the order's time expires it", () => {
    const change = recordConfirmAnswer(inProgress(), key, rejected, at(46 * 60));
    expect(types(change)).toEqual(["PaymentExpired"]);
    expect(change.state.status).toBe("EXPIRED");
  });

  test("a missing response is never a refusal", () => {
    const change = recordConfirmAnswer(inProgress(), key, noAnswer, at(60));
    expect(change.events).toEqual([]);
    expect(change.state.status).toBe("IN_PROGRESS");
    expect(attemptOf(change.state, key)).toMatchObject({ status: "UNKNOWN", nextAt: at(65).now });
  });

  test("a response that Toss would only repeat renews the idempotency key, a missing one keeps it", () => {
    const before = attemptOf(inProgress(), key).idempotencyKey;
    const payment = inProgress();
    const kept = attemptOf(payment, key).idempotencyKey;
    expect(kept).not.toBe(before);
    const unanswered = recordConfirmAnswer(payment, key, noAnswer, at(2)).state;
    expect(attemptOf(unanswered, key).idempotencyKey).toBe(kept);
    for (const answer of [
      { ...noAnswer, answered: true, code: "PROVIDER_ERROR" },
      { kind: "misconfigured", code: "UNAUTHORIZED_KEY", message: "" } as const,
    ]) {
      const next = recordConfirmAnswer(payment, key, answer, at(2)).state;
      expect(attemptOf(next, key)).toMatchObject({ status: "UNKNOWN" });
      expect(attemptOf(next, key).idempotencyKey).not.toBe(kept);
    }
  });

  test("a refusal after a second confirm counts only after eleven minutes and a query", () => {
    const twice = resendConfirm(unknown(), key, at(10)).state;
    expect(attemptOf(twice, key)).toMatchObject({ status: "REQUESTED", sends: 2 });
    const refused = recordConfirmAnswer(twice, key, rejected, at(12)).state;
    expect(refused.status).toBe("IN_PROGRESS");
    const early = recordFinding(
      refused,
      key,
      answered(atToss({ status: "IN_PROGRESS" })),
      at(60),
    ).state;
    expect(early.status).toBe("IN_PROGRESS");
    const late = recordFinding(
      early,
      key,
      answered(atToss({ status: "IN_PROGRESS" })),
      at(1 + 11 * 60),
    );
    expect(types(late)).toEqual(["PaymentDeclined"]);
    const approved = recordFinding(early, key, answered(atToss()), at(1 + 11 * 60));
    expect(types(approved)).toEqual(["PaymentConfirmed"]);
  });

  test("an unknown session ends the attempt only when a query shows no approval", () => {
    const gone = { kind: "session_gone", code: "NOT_FOUND_PAYMENT_SESSION", message: "" } as const;
    const doubtful = recordConfirmAnswer(inProgress(), key, gone, at(2)).state;
    expect(doubtful.status).toBe("IN_PROGRESS");
    expect(types(recordFinding(doubtful, key, answered(atToss()), at(3)))).toEqual([
      "PaymentConfirmed",
    ]);
    const ended = recordFinding(doubtful, key, missing, at(3)).state;
    expect(ended).toMatchObject({
      status: "READY",
      failure: { code: "NOT_FOUND_PAYMENT_SESSION" },
    });
  });

  test("an approval of another amount is returned", () => {
    const change = recordConfirmAnswer(
      inProgress(),
      key,
      answered(atToss({ totalAmount: 900, balanceAmount: 900 })),
      at(2),
    );
    expect(attemptOf(change.state, key)).toMatchObject({ status: "VOIDING", nextAt: at(2).now });
    expect(snapshotOf(change.state)).toMatchObject({ refunding: true, balanceAmount: 0 });
  });

  test("an order whose only approval had another amount can be paid again after its return, or expires", () => {
    const wrong = answered(atToss({ totalAmount: 900, balanceAmount: 900 }));
    const inWindow = recordConfirmAnswer(inProgress(), key, wrong, at(2)).state;
    expect(inWindow).toMatchObject({ status: "READY", failure: { code: "AMOUNT_MISMATCH" } });
    const another = { paymentKey: "another", amount: 1000 };
    expect(() => requestConfirm(inWindow, another, at(3))).toThrow(
      expect.objectContaining({ code: "payment_in_progress" }),
    );
    const back = atToss({ totalAmount: 900, balanceAmount: 0, status: "CANCELED" });
    const returned = recordFinding(inWindow, key, answered(back), at(4)).state;
    expect(requestConfirm(returned, another, at(5))?.state.status).toBe("IN_PROGRESS");
    const late = recordConfirmAnswer(inProgress(), key, wrong, at(46 * 60));
    expect(late.state.status).toBe("EXPIRED");
  });

  test("a payment of another order is never touched", () => {
    const other = atToss({ orderId: "0190a000-0000-7000-8000-00000000000f" });
    const change = recordConfirmAnswer(inProgress(), key, answered(other), at(2));
    expect(attemptOf(change.state, key)).toMatchObject({ status: "DECLINED", cancel: null });
    expect(change.state).toMatchObject({ status: "READY", failure: { code: "ORDER_MISMATCH" } });
  });

  const mayBeCausedByAnybody = [
    ["refused", "INVALID_REQUEST"],
    ["session_gone", "NOT_FOUND_PAYMENT_SESSION"],
    ["misconfigured", "FORBIDDEN_REQUEST"],
    ["unknown", "SOMETHING_NEW"],
  ] as const;
  const windows = [
    ["another sum", { totalAmount: 100, balanceAmount: 100 }],
    ["another currency", { currency: "USD" }],
    ["another order", { orderId: "0190a000-0000-7000-8000-00000000000f" }],
  ] as const;
  test.each(
    mayBeCausedByAnybody.flatMap(([kind, code]) =>
      windows.map(([what, change]) => [kind, what, code, change] as const),
    ),
  )(
    "%s, and a query shows a window that was opened for %s: refused at once",
    (kind, _, code, change) => {
      const answer = { kind, answered: true, code, message: "" } as Answer;
      const open = recordConfirmAnswer(inProgress(), key, answer, at(2)).state;
      const window = atToss({ status: "IN_PROGRESS", approvedAt: null, ...change });
      const ended = recordFinding(open, key, answered(window), at(2)).state;
      expect(ended.status).toBe("READY");
      expect(attemptOf(ended, key)).toMatchObject({
        status: "DECLINED",
        failure: { code: expect.stringMatching(/_MISMATCH$/) },
      });
      expect(request(ended)?.state.status).toBe("IN_PROGRESS");
    },
  );

  test("a refusal of an invalid request ends the attempt when a query shows no approval", () => {
    const refusal = { code: "INVALID_API_KEY", message: "" };
    const refused = { kind: "refused", ...refusal } as const;
    const open = recordConfirmAnswer(inProgress(), key, refused, at(2)).state;
    expect(open.status).toBe("IN_PROGRESS");
    expect(recordFinding(open, key, missing, at(2)).state).toMatchObject({
      status: "READY",
      failure: { code: "INVALID_API_KEY" },
    });
    expect(recordFinding(open, key, answered(atToss()), at(2)).state.status).toBe("DONE");
  });

  test("an approval for a closed order is returned", () => {
    for (const closed of [canceled(inProgress()), expired()]) {
      const payment =
        closed.attempts.length > 0 ? closed : { ...closed, attempts: inProgress().attempts };
      const change = recordConfirmAnswer(payment, key, answered(atToss()), at(4));
      expect(change.state.status).toBe(closed.status);
      expect(attemptOf(change.state, key)).toMatchObject({ status: "VOIDING" });
      expect(change.events).toMatchObject([{ refunding: true, refundedAmount: 0 }]);
    }
  });

  test("a second approval is returned, and the first is kept", () => {
    const second = { ...attemptOf(unknown(), key), paymentKey: "second" };
    const payment = { ...done(), attempts: [...done().attempts, second] };
    const change = recordFinding(
      payment,
      "second",
      answered(atToss({ paymentKey: "second" })),
      at(20),
    );
    expect(change.state.status).toBe("DONE");
    expect(change.state.attempts.map((attempt) => attempt.status)).toEqual(["APPROVED", "VOIDING"]);
  });
});

describe("recordFinding()", () => {
  test("READY, IN_PROGRESS and not found are never a refusal", () => {
    for (const finding of [
      answered(atToss({ status: "READY" })),
      answered(atToss({ status: "IN_PROGRESS" })),
      missing,
    ]) {
      const change = recordFinding(unknown(), key, finding, at(7));
      expect(change.state.status).toBe("IN_PROGRESS");
      expect(attemptOf(change.state, key)).toMatchObject({
        status: "UNKNOWN",
        checks: 1,
        nextAt: at(17).now,
      });
    }
  });

  test.each(["ABORTED", "EXPIRED"] as const)("%s is a refusal, with Toss's reason", (status) => {
    const failure = { code: "EXPIRED_PAYMENT", message: "만료" };
    const change = recordFinding(unknown(), key, answered(atToss({ status, failure })), at(7));
    expect(types(change)).toEqual(["PaymentDeclined"]);
    expect(change.state).toMatchObject({ status: "READY", failure });
  });

  test("an approval found after a decline is kept while the order is open", () => {
    const change = recordFinding(declined(), key, answered(atToss()), at(700));
    expect(types(change)).toEqual(["PaymentConfirmed"]);
    expect(change.state.status).toBe("DONE");
  });

  test("the last query of an ended attempt is repeated until it gets a response", () => {
    const noSay = { kind: "unknown", code: "NO_ANSWER", message: "" } as const;
    const unanswered = recordFinding(declined(), key, noSay, at(700)).state;
    expect(attemptOf(unanswered, key).nextAt).not.toBeNull();
    const ended = recordFinding(
      unanswered,
      key,
      answered(atToss({ status: "ABORTED" })),
      at(720),
    ).state;
    expect(attemptOf(ended, key)).toMatchObject({ status: "DECLINED", nextAt: null });
  });

  test("a deposit confirms, and after its reversal the account waits again", () => {
    const paid = recordFinding(
      waiting(),
      key,
      answered(atToss({ virtualAccount: account })),
      at(100),
    );
    expect(types(paid)).toEqual(["PaymentConfirmed"]);
    const back = recordFinding(paid.state, key, answered(waitingAtToss), at(200));
    expect(types(back)).toEqual(["PaymentAwaitingDeposit"]);
  });

  describe("a response about a deposit may be stale, so it is checked five times more", () => {
    const deposited = answered(atToss({ virtualAccount: account }));
    const reversed = answered(waitingAtToss);
    const paid = () => recordFinding(waiting(), key, deposited, at(100)).state;
    const secondsBetween = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 1000;

    /** The waits before the scheduled queries, all with the same response: those of two minutes, and the next. */
    function waitsOf(payment: Payment, finding: Finding, from: number): number[] {
      const waits: number[] = [];
      let moment = at(from);
      for (;;) {
        const { nextAt } = attemptOf(payment, key);
        waits.push(secondsBetween(moment.now, nextAt ?? ""));
        if (nextAt === null || secondsBetween(at(from).now, nextAt) > 120) return waits;
        moment = { ...moment, now: nextAt };
        payment = recordFinding(payment, key, finding, moment).state;
      }
    }

    test("a deposit that is no longer shown", () => {
      const back = recordFinding(paid(), key, reversed, at(200)).state;
      expect(waitsOf(back, reversed, 200)).toEqual([5, 10, 15, 20, 30, 3600]);
    });

    test("a deposit that is shown again is still checked", () => {
      const back = recordFinding(paid(), key, reversed, at(200)).state;
      const again = recordFinding(back, key, deposited, at(205)).state;
      expect(again.status).toBe("DONE");
      const checks = waitsOf(again, deposited, 205);
      expect(checks.slice(0, 4)).toEqual([10, 15, 20, 30]);
      // the last check of every attempt, when the window for its confirm is over
      expect(checks.at(-1)).toBeGreaterThan(300);
    });

    test("a webhook about a deposit, with an unchanged response", () => {
      const known = recordFinding(paid(), key, deposited, at(200)).state;
      expect(waitsOf(known, deposited, 200).slice(0, 5)).toEqual([5, 10, 15, 20, 30]);
    });

    test('a response "not found" does not end the checks', () => {
      const known = recordFinding(paid(), key, deposited, at(200)).state;
      expect(waitsOf(known, missing, 200).slice(0, 4)).toEqual([5, 15, 20, 30]);
    });

    test("another webhook postpones none of them, and uses none up", () => {
      const known = recordFinding(paid(), key, deposited, at(200)).state;
      const twice = recordFinding(known, key, deposited, at(203)).state;
      expect(attemptOf(twice, key)).toMatchObject({ checks: 1, nextAt: at(205).now });
    });

    test("the response to a refund needs no checks", () => {
      const part = {
        ...deposited.payment,
        balanceAmount: 600,
        cancels: partlyCanceledAtToss.cancels,
      };
      const shown = answered({ ...part, status: "PARTIAL_CANCELED" });
      const refunded = recordFinding(paid(), key, shown, at(200)).state;
      expect(attemptOf(refunded, key).checks).toBe(0);
    });

    test("a query caused by the shopper uses up no check", () => {
      const back = recordFinding(paid(), key, reversed, at(200)).state;
      const seen = recordFinding(back, key, reversed, at(202)).state;
      expect(attemptOf(seen, key)).toMatchObject({ checks: 1, nextAt: at(205).now });
    });

    test("a first deposit, and a webhook about a card, need no checks", () => {
      const { nextAt } = attemptOf(paid(), key);
      expect(secondsBetween(at(100).now, nextAt ?? "")).toBeGreaterThan(300);
      const card = recordFinding(done(), key, answered(atToss()), at(200)).state;
      expect(attemptOf(card, key).checks).toBe(0);
    });
  });

  test("a deposit that arrives before the close is kept", () => {
    const change = recordFinding(
      closing(),
      key,
      answered(atToss({ virtualAccount: account })),
      at(100),
    );
    expect(types(change)).toEqual(["PaymentConfirmed"]);
    expect(change.state.closing).toBeNull();
  });

  test("refunds are set, not added, and a stale response removes none", () => {
    const once = recordFinding(done(), key, answered(partlyCanceledAtToss), at(100));
    expect(types(once)).toEqual(["PaymentCanceled"]);
    const twice = recordFinding(once.state, key, answered(partlyCanceledAtToss), at(110));
    expect(twice.events).toEqual([]);
    expect(snapshotOf(twice.state)).toMatchObject({
      status: "PARTIAL_CANCELED",
      balanceAmount: 600,
      refundedAmount: 400,
    });
    const older = recordFinding(twice.state, key, answered(atToss()), at(120));
    expect(snapshotOf(older.state)).toMatchObject({
      status: "PARTIAL_CANCELED",
      balanceAmount: 600,
    });
    expect(attemptOf(older.state, key).nextAt).not.toBeNull();
  });
});

describe("mayResend()", () => {
  test("not while the call may still be under way", () => {
    const attempt = attemptOf(inProgress(), key);
    expect(mayResend(attempt, at(1 + 64))).toBe(false);
    expect(mayResend(attempt, at(1 + 65))).toBe(true);
    expect(mayResend(attemptOf(unknown(), key), at(7))).toBe(true);
  });

  test("never after an answer, nor for an attempt that has ended", () => {
    for (const payment of [declined(), done(), waiting()]) {
      expect(mayResend(attemptOf(payment, key), at(10_000))).toBe(false);
    }
  });
});

test("backOffMs() grows to one day", () => {
  const waits = Array.from({ length: 71 }, (_, checks) => backOffMs(checks));
  expect(waits.slice(0, 5)).toEqual([5_000, 10_000, 15_000, 20_000, 30_000]);
  expect(waits[33]).toBe(30_000);
  expect(waits[34]).toBe(300_000);
  expect(waits[43]).toBe(3_600_000);
  expect(waits[66]).toBe(86_400_000);
  expect(waits[70]).toBe(86_400_000);
  expect(backOffMs(1_000)).toBe(86_400_000);
  expect(checksBeforeReview).toBe(71);
});
