import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { KnownPayment, markOf, type PaymentSnapshot } from "@payflow/shared";
import {
  at,
  atToss,
  canceled,
  canceledAtToss,
  done,
  expired,
  facts,
  inProgress,
  openedAt,
  partlyCanceledAtToss,
  ready,
  waiting,
  waitingAtToss,
} from "../testing/given.ts";
import type { Payment } from "./payment.ts";
import { bringsNews, keysOfOrder, learned, rebuilt, spanOfOrder } from "./recovery.ts";
import { requestRefund } from "./requests.ts";
import { snapshotOf, viewOf } from "./snapshot.ts";

/** What order knows after it received this payment's snapshot. */
const knownOf = (payment: Payment, paymentVersion = 9): KnownPayment => ({
  placedAt: openedAt,
  snapshot: { ...snapshotOf(payment), paymentVersion },
});
const other = atToss({
  paymentKey: "tviva20260105140000BBBBB",
  approvedAt: "2026-01-05T05:00:20.000Z",
});

describe("rebuilt()", () => {
  test("restores the lost attempt, above the version that order has", () => {
    const change = rebuilt(ready(), knownOf(done()), [atToss()], at(60));
    expect(change?.state).toMatchObject({
      status: "DONE",
      version: 10,
      attempts: [{ paymentKey: atToss().paymentKey, status: "APPROVED" }],
    });
    expect(change?.events).toMatchObject([{ eventType: "PaymentConfirmed", paymentVersion: 10 }]);
  });

  test("keeps the first approval, and returns the second", () => {
    const change = rebuilt(ready(), knownOf(done()), [other, atToss()], at(60));
    expect((change?.state as Payment).kept?.paymentKey).toBe(atToss().paymentKey);
    expect(change?.state.attempts[1]).toMatchObject({ status: "VOIDING" });
  });

  test("counts refunds, and recognises each by its mark when it is requested again", () => {
    const [cancel] = partlyCanceledAtToss.cancels;
    const shown = {
      ...partlyCanceledAtToss,
      cancels: [{ ...cancel, mark: markOf("key-1") }] as never,
    };
    const payment = rebuilt(done(), knownOf(done()), [shown], at(60))?.state;
    expect(payment).toMatchObject({ status: "PARTIAL_CANCELED", refunds: [] });
    const request = {
      key: "key-1",
      requestHash: "1",
      reason: "환불",
      amount: 400,
    };
    const again = requestRefund(payment as Payment, request, at(61));
    expect(again?.state.refunds).toMatchObject([
      { key: "key-1", status: "DONE", amount: 400, nextAt: null },
    ]);
    const elsewhere = requestRefund(payment as Payment, { ...request, key: "key-2" }, at(61));
    expect(elsewhere?.state.refunds).toMatchObject([{ status: "REQUESTED" }]);
    const more = { ...request, amount: 401 };
    expect(() => requestRefund(payment as Payment, more, at(61))).toThrow("another refund");
    expect(JSON.stringify(viewOf(payment as Payment))).not.toContain("mark");
  });

  test.each([
    ["canceled", canceled()],
    ["expired", expired()],
  ])("an order that was %s remains so, and its money is returned", (_, seen) => {
    const change = rebuilt(ready(), knownOf(seen), [atToss()], at(60));
    expect(change?.state).toMatchObject({
      status: seen.status,
      kept: null,
      attempts: [{ status: "VOIDING" }],
    });
  });

  test("a row that expired after it lost its attempt is paid again", () => {
    const change = rebuilt(expired(), knownOf(done()), [atToss()], at(3_000));
    expect(change?.state.status).toBe("DONE");
  });

  test("an account waits again, and a closed account does not", () => {
    const shown = [waitingAtToss];
    const seen = knownOf(waiting());
    expect(rebuilt(ready(), seen, shown, at(60))?.state.status).toBe("WAITING_FOR_DEPOSIT");
    const closed = rebuilt(waiting(), knownOf(canceled()), shown, at(60));
    expect(closed?.state).toMatchObject({
      status: "WAITING_FOR_DEPOSIT",
      closing: "canceled",
    });
  });

  test("an attempt that is under way remains so", () => {
    const seen = knownOf(ready());
    const payment = inProgress();
    expect(rebuilt(payment, seen, [], at(2))?.state).toMatchObject({
      status: "IN_PROGRESS",
      attempts: payment.attempts,
    });
  });

  test("decides nothing when Toss does not show the payment that order has", () => {
    const seen = knownOf(done());
    expect(rebuilt(ready(), seen, [], at(60))).toBeUndefined();
    const refunded = { ...(seen.snapshot as PaymentSnapshot), refundedAmount: 400 };
    const known = { ...seen, snapshot: refunded };
    expect(rebuilt(ready(), known, [atToss()], at(60))).toBeUndefined();
  });
});

test("a snapshot from order with too high a version is rejected", () => {
  expect(v.is(KnownPayment, knownOf(done(), 1_000_000))).toBe(true);
  expect(v.is(KnownPayment, knownOf(done(), 1_000_001))).toBe(false);
});

describe("learned()", () => {
  test("keeps money under a paymentKey that was never stored while the order can be paid", () => {
    expect(learned(ready(), atToss(), at(60))?.state).toMatchObject({
      status: "DONE",
      attempts: [{ status: "APPROVED" }],
    });
  });

  test("returns money for an order that is paid, closed, or has another amount", () => {
    const wrong = atToss({ totalAmount: 900, balanceAmount: 900 });
    for (const [payment, toss] of [
      [done(), other],
      [canceled(), atToss()],
      [ready(), wrong],
    ] as const)
      expect(learned(payment, toss, at(60))?.state.attempts.at(-1)).toMatchObject({
        paymentKey: toss.paymentKey,
        status: "VOIDING",
      });
  });

  test("pays an expired order if the money had arrived in time", () => {
    expect(learned(expired(), atToss(), at(3_000))?.state.status).toBe("DONE");
    const late = atToss({ approvedAt: "2026-01-05T06:00:00.000Z" });
    expect(learned(expired(), late, at(4_000))?.state).toMatchObject({
      status: "EXPIRED",
      attempts: [{ status: "VOIDING" }],
    });
  });

  test("stores nothing of a window without money, of another order, or of a known payment", () => {
    const unpaid = { approvedAt: null } as const;
    for (const status of ["READY", "IN_PROGRESS", "ABORTED", "EXPIRED"] as const)
      expect(learned(ready(), atToss({ status, ...unpaid }), at(60))).toBe(undefined);
    const elsewhere = atToss({ orderId: "another-order" });
    expect(learned(ready(), elsewhere, at(60))).toBeUndefined();
    expect(learned(done(), canceledAtToss, at(60))).toBeUndefined();
  });
});

test("spanOfOrder() and keysOfOrder() cover the order's money at Toss, and bringsNews() finds what the row lacks", () => {
  const known = knownOf(ready());
  const { from, to } = spanOfOrder(ready(), known, { ...at(0), now: "2026-02-01T00:00:00.000Z" });
  expect([from, to]).toEqual(["2026-01-05T04:59:00.000Z", "2026-01-05T05:57:00.000Z"]);
  const row = { transactionKey: "1", kind: "approval", amount: 1, currency: "KRW" } as const;
  const listed = [
    { ...row, paymentKey: "theirs", orderId: "another-order" },
    { ...row, paymentKey: "ours", orderId: facts.orderId },
  ];
  expect(keysOfOrder(inProgress(), listed)).toEqual([atToss().paymentKey, "ours"]);
  expect(bringsNews(ready(), [atToss()], at(60))).toBe(true);
  expect(bringsNews(done(), [atToss()], at(60))).toBe(false);
  expect(bringsNews(done(), [partlyCanceledAtToss], at(60))).toBe(true);
});
