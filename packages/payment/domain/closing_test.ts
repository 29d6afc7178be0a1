import { describe, expect, test } from "bun:test";
import {
  account,
  answered,
  at,
  atToss,
  canceled,
  canceledAtToss,
  closing,
  declined,
  done,
  expired,
  inProgress,
  key,
  left,
  noAnswer,
  overAt,
  partlyRefunded,
  ready,
  recordCancelAnswer,
  recordConfirmAnswer,
  refunded,
  rejected,
  unknown,
  waiting,
  waitingAtToss,
} from "../testing/given.ts";
import { attemptOf, nextAtOf, type Payment } from "./payment.ts";
import { isOverdue } from "./plan.ts";
import type { Moment } from "./psp.ts";
import { recordFinding } from "./record.ts";
import { requestClose } from "./requests.ts";
import { depositFor, nameAccount } from "./return_account.ts";
import { snapshotOf } from "./snapshot.ts";

const types = (change: { events: readonly { eventType: string }[] } | undefined) =>
  change?.events.map((event) => event.eventType);
const canceledAccount = atToss({
  status: "CANCELED",
  approvedAt: null,
  balanceAmount: 0,
  virtualAccount: account,
});

describe("requestClose()", () => {
  test.each([
    ["READY", ready()],
    ["READY after a decline", declined()],
    ["IN_PROGRESS", inProgress()],
    ["an unknown outcome", unknown()],
  ])("closes %s at once, and continues to query its attempts", (_, payment) => {
    const change = requestClose(payment, "canceled", at(3));
    expect(types(change)).toEqual(["PaymentCanceled"]);
    expect(change?.state).toMatchObject({ status: "CANCELED", kept: null });
    expect(change?.state.attempts).toEqual(payment.attempts);
  });

  test("stores the intent for a waiting account, which remains until Toss has cancelled it", () => {
    const change = requestClose(waiting(), "canceled", at(3));
    expect(change?.events).toEqual([]);
    expect(change?.state).toMatchObject({
      status: "WAITING_FOR_DEPOSIT",
      closing: "canceled",
    });
    expect(nextAtOf(change?.state as Payment)).toBe(at(3).now);
    expect(requestClose(change?.state as Payment, "canceled", at(4))).toBeUndefined();
  });

  test("changes nothing that is closed", () => {
    expect(requestClose(canceled(), "canceled", at(9))).toBeUndefined();
    expect(requestClose(expired(), "canceled", at(9))).toBeUndefined();
  });

  test.each([
    ["DONE", done(), "it is paid; a refund returns the money"],
    ["PARTIAL_CANCELED", partlyRefunded(), "it is paid; a refund returns the money"],
    ["refunded", refunded(), "it is refunded already"],
  ])("refuses %s and states the reason", (_, payment, why) => {
    const message = expect.stringContaining(why) as string;
    expect(() => requestClose(payment, "canceled", at(9))).toThrow(
      expect.objectContaining({ code: "order_not_cancelable", message }),
    );
  });
});

describe("recordCancelAnswer()", () => {
  test("an account that Toss has cancelled closes the order, with the requested reason", () => {
    const change = recordCancelAnswer(closing(), key, answered(canceledAccount), at(4));
    expect(types(change)).toEqual(["PaymentCanceled"]);
    expect(snapshotOf(change.state)).toMatchObject({
      status: "CANCELED",
      refundedAmount: 0,
      balanceAmount: 0,
    });
    const overdue = {
      ...(waiting() as Extract<Payment, { status: "WAITING_FOR_DEPOSIT" }>),
      closing: "expired" as const,
    };
    const expired = recordCancelAnswer(overdue, key, answered(canceledAccount), at(4));
    expect(types(expired)).toEqual(["PaymentExpired"]);
    // the status stays, however often Toss responds the same
    const again = recordFinding(expired.state, key, answered(canceledAccount), at(5));
    expect(again.state.status).toBe("EXPIRED");
  });

  test("without a response the account remains, and the cancel is due again under the same key", () => {
    const before = closing() as Extract<Payment, { status: "WAITING_FOR_DEPOSIT" }>;
    const after = recordCancelAnswer(before, key, noAnswer, at(4)).state as Extract<
      Payment,
      { status: "WAITING_FOR_DEPOSIT" }
    >;
    expect(after.status).toBe("WAITING_FOR_DEPOSIT");
    expect(after.closing).toBe("canceled");
    expect(attemptOf(after, key).cancel).toEqual(attemptOf(before, key).cancel);
    expect(attemptOf(after, key)).toMatchObject({ checks: 1, nextAt: at(14).now });
  });

  test("after a refusal another key is used, since Toss would repeat the refusal under the old one", () => {
    const before = closing() as Extract<Payment, { status: "WAITING_FOR_DEPOSIT" }>;
    const refused = { kind: "declined", code: "INVALID_REFUND_ACCOUNT_INFO", message: "" } as const;
    const after = recordCancelAnswer(before, key, refused, at(4)).state as Extract<
      Payment,
      { status: "WAITING_FOR_DEPOSIT" }
    >;
    const keyOf = (payment: Payment) => attemptOf(payment, key).cancel?.idempotencyKey;
    expect(keyOf(after)).not.toBe(keyOf(before));
  });

  test("an account past its due time is closed although Toss refuses its cancel, and a later deposit is returned", () => {
    const refused = { kind: "declined", code: "NOT_CANCELABLE_PAYMENT", message: "" } as const;
    const dueSeconds = (Date.parse(account.dueAt) - Date.parse(at(0).now)) / 1000;
    const over = at(dueSeconds + 300);
    const queried = (payment: Payment, now: Moment) =>
      recordFinding(payment, key, answered(waitingAtToss), now);
    const refuse = (now: Moment) => recordCancelAnswer(closing(), key, refused, now).state;
    expect(queried(refuse(at(60)), at(70)).state.status).toBe("WAITING_FOR_DEPOSIT");
    // the refusal may mean that the deposit was faster: a query decides
    expect(refuse(over).status).toBe("WAITING_FOR_DEPOSIT");
    const change = queried(refuse(over), over);
    expect(types(change)).toEqual(["PaymentCanceled"]);
    expect(nextAtOf(change.state)).toBeNull();
    // a second query brings nothing new
    const again = queried(change.state, at(dueSeconds + 400));
    expect(again.events).toEqual([]);
    expect(attemptOf(again.state, key).status).toBe("VOIDED");
    const paid = atToss({ virtualAccount: account });
    const revived = recordFinding(change.state, key, answered(paid), over);
    expect(attemptOf(revived.state, key).status).toBe("VOIDING");
    expect(revived.state.status).toBe("CANCELED");
  });

  test("an account that Toss shows as expired ends when no deposit can arrive", () => {
    const gone = answered({ ...waitingAtToss, status: "EXPIRED" });
    const early = recordFinding(waiting(), key, gone, at(60)).state;
    expect(early.status).toBe("WAITING_FOR_DEPOSIT");
    const change = recordFinding(waiting(), key, gone, at(overAt));
    expect(types(change)).toEqual(["PaymentExpired"]);
    expect(nextAtOf(change.state)).toBeNull();
  });

  test("webhook-triggered cancels postpone no scheduled ones", () => {
    let payment = recordCancelAnswer(closing(), key, noAnswer, at(4)).state;
    const before = attemptOf(payment, key);
    for (let count = 0; count < 100; count++)
      payment = recordCancelAnswer(payment, key, noAnswer, at(5)).state;
    expect(attemptOf(payment, key)).toEqual(before);
  });

  test("an account that Toss refuses to cancel is checked after its due time, independent of the back-off", () => {
    const refused = { ...rejected, code: "NOT_CANCELABLE_PAYMENT" };
    let payment = closing();
    for (let now = 4; now < overAt;) {
      payment = recordCancelAnswer(payment, key, refused, at(now)).state;
      now = (Date.parse(nextAtOf(payment) ?? "") - Date.parse(at(0).now)) / 1000;
    }
    expect(nextAtOf(payment)).toBe(at(overAt).now);
  });

  const bank = { bank: "20", accountNumber: "11012345678901", holderName: "김토스" };
  const rest = { bank: "20", accountNumber: "***8901", holderName: "김*스" };

  describe("a late deposit into an abandoned account", () => {
    const deposited = atToss({ virtualAccount: account });
    const found = () => recordFinding(left(), key, answered(deposited), at(overAt + 60)).state;
    const named = () => nameAccount(found(), bank, at(overAt + 61)).state;

    test.each([
      ["while it waits for an account", found],
      [
        "when Toss has refused the account",
        () => recordCancelAnswer(named(), key, rejected, at(overAt + 62)).state,
      ],
    ])("is not dropped because of a stale response %s", (_, given) => {
      const old = answered(waitingAtToss);
      const { state } = recordFinding(given(), key, old, at(overAt + 63));
      expect(attemptOf(state, key).status).toBe("VOIDING");
      expect(nextAtOf(state)).not.toBeNull();
      expect(snapshotOf(state).returnedAmount).toBe(0);
    });

    test("is recognised by its account after it was returned, too", () => {
      const gone = answered({
        ...deposited,
        status: "CANCELED",
        balanceAmount: 0,
        cancels: canceledAtToss.cancels,
      });
      const returned = recordFinding(named(), key, gone, at(overAt + 62)).state;
      expect(depositFor(returned, bank)?.paymentKey).toBe(key);
      expect(depositFor(returned, { ...bank, bank: "88" })).toBeUndefined();
      expect(attemptOf(returned, key).cancel?.account).toEqual(rest);
      // another deposit of the order, which still waits, comes first
      const waits = { ...attemptOf(found(), key), paymentKey: "second" };
      const two = { ...returned, attempts: [...returned.attempts, waits] };
      expect(depositFor(two, bank)?.paymentKey).toBe("second");
    });

    test("that was returned is not a refund of the order, which was never paid", () => {
      const gone = { ...deposited, balanceAmount: 0, cancels: canceledAtToss.cancels };
      for (const status of ["CANCELED", "PARTIAL_CANCELED"] as const) {
        const change = recordFinding(named(), key, answered({ ...gone, status }), at(overAt + 62));
        const returned = { approvedAt: null, refundedAmount: 0, returnedAmount: 1000 };
        expect(snapshotOf(change.state)).toMatchObject(returned);
        const again = recordFinding(
          change.state,
          key,
          answered({ ...gone, status }),
          at(overAt + 63),
        );
        expect(again.events).toEqual([]);
      }
    });
  });

  test("a masked account is never sent: a deposit that came back waits for a new account", () => {
    const deposited = answered(atToss({ virtualAccount: account }));
    const late = recordFinding(canceled(inProgress()), key, deposited, at(5));
    const named = nameAccount(late.state, bank, at(6)).state;
    const gone = answered({ ...deposited.payment, status: "CANCELED", balanceAmount: 0 });
    const returned = recordFinding(named, key, gone, at(7)).state;
    expect(attemptOf(returned, key)).toMatchObject({
      status: "VOIDED",
      cancel: { account: rest },
    });
    const back = recordFinding(returned, key, deposited, at(8)).state;
    expect(attemptOf(back, key)).toMatchObject({ status: "VOIDING", cancel: { account: null } });
    expect(snapshotOf(back).refundAccountNeeded).toBe(true);
  });

  test("money that paid for an order is no late deposit", () => {
    const bank = { bank: "20", accountNumber: "1", holderName: "김토스" };
    for (const payment of [done(), refunded(), waiting(), ready()])
      expect(depositFor(payment, bank)).toBeUndefined();
  });

  test("a repeated cancel with a stale response is not due again at once", () => {
    const old = answered(waitingAtToss);
    const { state } = recordCancelAnswer(closing(), key, old, at(10));
    expect(attemptOf(state, key).checks).toBe(1);
    expect(nextAtOf(state)).toBe(at(20).now);
  });

  test("a returned approval is VOIDED, and the order no longer shows a return under way", () => {
    const late = recordConfirmAnswer(canceled(inProgress()), key, answered(atToss()), at(5)).state;
    const change = recordCancelAnswer(late, key, answered(canceledAtToss), at(6));
    expect(attemptOf(change.state, key)).toMatchObject({ status: "VOIDED", nextAt: null });
    expect(change.events).toMatchObject([
      { eventType: "PaymentCanceled", refunding: false, refundedAmount: 0 },
    ]);
  });

  test("an approval that is not returned yet stays VOIDING and is tried again", () => {
    const late = recordConfirmAnswer(canceled(inProgress()), key, answered(atToss()), at(5)).state;
    const { cancel } = attemptOf(late, key);
    const after = recordCancelAnswer(late, key, noAnswer, at(6)).state;
    expect(attemptOf(after, key)).toMatchObject({ status: "VOIDING", checks: 1, cancel });
    expect(attemptOf(after, key).nextAt).not.toBeNull();
  });

  test("a returned approval is checked again when a stale response shows it once more", () => {
    const late = recordConfirmAnswer(canceled(inProgress()), key, answered(atToss()), at(5)).state;
    const voided = recordCancelAnswer(late, key, answered(canceledAtToss), at(6)).state;
    const again = recordFinding(voided, key, answered(atToss()), at(7)).state;
    // VOIDING with nothing due would show a return under way for ever
    expect(nextAtOf(again)).not.toBeNull();
  });

  test("a deposit into a closed account is returned", () => {
    const closed = recordCancelAnswer(closing(), key, answered(canceledAccount), at(4)).state;
    const paid = recordConfirmAnswer(
      closed,
      key,
      answered(atToss({ virtualAccount: account })),
      at(50),
    );
    expect(attemptOf(paid.state, key).status).toBe("VOIDING");
    expect(paid.state.status).toBe("CANCELED");
  });
});

test("isOverdue() is true for READY at its expiry, and for accounts", () => {
  expect(isOverdue(ready(), at(45 * 60))).toBe(true);
  expect(isOverdue(ready(), at(45 * 60 - 1))).toBe(false);
  for (const payment of [inProgress(), waiting(), done(), canceled()])
    expect(isOverdue(payment, at(9_999))).toBe(false);
});

test("isOverdue() leaves five minutes for late deposits", () => {
  const dueSeconds = (Date.parse(account.dueAt) - Date.parse(at(0).now)) / 1000;
  expect(isOverdue(waiting(), at(dueSeconds + 299))).toBe(false);
  expect(isOverdue(waiting(), at(dueSeconds + 300))).toBe(true);
  expect(isOverdue(closing(), at(dueSeconds + 300))).toBe(false);
  const queried = recordConfirmAnswer(
    waiting(),
    key,
    answered(waitingAtToss),
    at(dueSeconds + 10),
  ).state;
  expect(nextAtOf(queried)).toBe(at(dueSeconds + 300).now);
});
