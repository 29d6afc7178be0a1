import { expect, test } from "bun:test";
import {
  account,
  answered,
  at,
  atToss,
  key,
  noAnswer,
  partlyCanceledAtToss,
  partlyRefunded,
  recordRefundAnswer,
  rejected,
  resendRefund,
  waiting,
} from "../testing/given.ts";
import { mayResend } from "./operation.ts";
import { nextAtOf, refundOf, type Payment } from "./payment.ts";
import { recordFinding } from "./record.ts";
import { requestRefund, type RefundRequest } from "./requests.ts";
import { snapshotOf } from "./snapshot.ts";

const depositedAtToss = atToss({ method: "가상계좌", virtualAccount: account });

/** Paid by a deposit into a virtual account. */
function deposited(): Payment {
  const answer = answered(depositedAtToss);
  return recordFinding(waiting(), key, answer, at(20)).state;
}

/** 400 of 1000 have been refunded, and a refund of 100 has been sent to Toss. */
function requested(change: Partial<RefundRequest> = {}): Payment {
  const request = {
    key: "second",
    requestHash: "hash",
    reason: "변심",
    amount: 100,
    ...change,
  };
  const after = requestRefund(partlyRefunded(), request, at(10))?.state;
  if (after === undefined) throw new Error("the refund was there already");
  return after;
}

/** No response came. */
function unanswered(): Payment {
  return recordRefundAnswer(requested(), "second", noAnswer, at(11)).state;
}

/** Toss's response after one more cancel. */
function canceledAtToss(amount: number, mark: string | null) {
  const canceledAt = "2026-01-05T06:00:00.000Z";
  return answered(
    atToss({
      status: "PARTIAL_CANCELED",
      balanceAmount: 600 - amount,
      cancels: [
        ...partlyCanceledAtToss.cancels,
        { transactionKey: "txrd_2", reason: "변심", canceledAt, amount, taxFreeAmount: 0, mark },
      ],
    }),
  );
}

test("recordFinding() declines no refund by a stale response that lacks an earlier refund", () => {
  const old = answered(atToss({ balanceAmount: 1000, cancels: [] }));
  const { state } = recordFinding(unanswered(), key, old, at(12));
  // the call may still be under way at Toss: if it were reported as refused, it would be made again under another key
  expect(refundOf(state, "second").status).toBe("UNKNOWN");
});

test("recordFinding() declines a refund when another amount was refunded instead", () => {
  const { state } = recordFinding(unanswered(), key, canceledAtToss(300, null), at(12));
  expect(refundOf(state, "second")).toMatchObject({
    status: "DECLINED",
    failure: { code: "NOT_MATCHES_REFUNDABLE_AMOUNT" },
  });
});

test("recordFinding() recognises a refund by its mark, not by its amount, and so does the snapshot", () => {
  const payment = unanswered();
  const { mark } = refundOf(payment, "second");
  const ours = canceledAtToss(100, mark);
  const done = recordFinding(payment, key, ours, at(12)).state;
  expect(refundOf(done, "second").status).toBe("DONE");
  expect(snapshotOf(done).refundMarks).toEqual([mark]);
  const theirs = canceledAtToss(100, null);
  const refused = recordFinding(payment, key, theirs, at(12)).state;
  expect(refundOf(refused, "second").status).toBe("DECLINED");
  expect(snapshotOf(refused).refundMarks).toEqual([]);
});

test("a refusal because of another refund makes Toss's balance due for a query at once", () => {
  const moved = { kind: "moved", code: "NOT_MATCHES_REFUNDABLE_AMOUNT", message: "" } as const;
  const { state } = recordRefundAnswer(requested(), "second", moved, at(11));
  expect(refundOf(state, "second").status).toBe("DECLINED");
  expect(nextAtOf(state)).toBe(at(11).now);
});

test("a refusal of a resent call counts only when no earlier call can take effect", () => {
  let payment = unanswered();
  payment = resendRefund(payment, "second", at(30)).state;
  payment = recordRefundAnswer(payment, "second", rejected, at(31)).state;
  const refund = refundOf(payment, "second");
  expect(refund).toMatchObject({ status: "UNKNOWN", refusalPending: true });
  // and nothing is sent meanwhile
  expect(mayResend(refund, at(600))).toBe(false);

  const nothingNew = answered(partlyCanceledAtToss);
  const before = recordFinding(payment, key, nothingNew, at(600));
  expect(refundOf(before.state, "second").status).toBe("UNKNOWN");
  const after = recordFinding(payment, key, nothingNew, at(691));
  expect(refundOf(after.state, "second").status).toBe("DECLINED");
  const done = canceledAtToss(100, refund.mark);
  const late = recordFinding(payment, key, done, at(691));
  expect(refundOf(late.state, "second").status).toBe("DONE");
});

test("a refund with a stale response is queried again, and DONE when a response shows it", () => {
  const old = answered(partlyCanceledAtToss);
  const open = recordRefundAnswer(unanswered(), "second", old, at(12)).state;
  expect(refundOf(open, "second")).toMatchObject({ status: "UNKNOWN" });
  const shown = canceledAtToss(100, refundOf(open, "second").mark);
  const done = recordRefundAnswer(open, "second", shown, at(13)).state;
  expect(refundOf(done, "second").status).toBe("DONE");
});

test("calls without a response are repeated with back-off, under one key", () => {
  let payment = unanswered();
  const waits: number[] = [];
  const { idempotencyKey } = refundOf(payment, "second");
  for (let now = 20; waits.length < 5;) {
    payment = resendRefund(payment, "second", at(now)).state;
    payment = recordRefundAnswer(payment, "second", noAnswer, at(now)).state;
    const refund = refundOf(payment, "second");
    expect(refund.idempotencyKey).toBe(idempotencyKey);
    const due = Date.parse(refund.nextAt ?? "") - Date.parse(at(now).now);
    waits.push(due / 1000);
    now += due / 1000;
  }
  expect(waits).toEqual([10, 15, 20, 30, 30]);
});

test("a refund's account is kept while the refund may be resent, and masked when it has ended", () => {
  const account = { bank: "20", accountNumber: "11012345678901", holderName: "김토스" };
  const request = {
    key: "first",
    requestHash: "hash",
    reason: "변심",
    account,
    amount: 1000,
  };
  const asRequested = requestRefund(deposited(), request, at(30))?.state as Payment;
  const open = recordRefundAnswer(asRequested, "first", noAnswer, at(31)).state;
  expect(refundOf(open, "first").account).toEqual(account);
  const rest = { bank: "20", accountNumber: "***8901", holderName: "김*스" };
  const { mark } = refundOf(open, "first");
  const canceledAt = "2026-01-05T06:00:00.000Z";
  const shown = answered({
    ...depositedAtToss,
    status: "CANCELED",
    balanceAmount: 0,
    cancels: [
      {
        transactionKey: "txrd_1",
        reason: "변심",
        canceledAt,
        mark,
        amount: 1000,
        taxFreeAmount: 0,
      },
    ],
  });
  const done = recordFinding(open, key, shown, at(32)).state;
  expect(refundOf(done, "first")).toMatchObject({ status: "DONE", account: rest });
  const refused = recordRefundAnswer(asRequested, "first", rejected, at(31)).state;
  expect(refundOf(refused, "first")).toMatchObject({ status: "DECLINED", account: rest });
});

test("only the refund of a deposit carries an account", () => {
  const account = { bank: "20", accountNumber: "1", holderName: "김토스" };
  const { refunds } = requested({ account });
  expect(refunds.at(-1)?.account).toBeNull();
});

test("webhook-triggered queries of a refund postpone no scheduled ones", () => {
  let payment = unanswered();
  const before = refundOf(payment, "second");
  const nothingNew = answered(partlyCanceledAtToss);
  for (let count = 0; count < 100; count++)
    payment = recordFinding(payment, key, nothingNew, at(12)).state;
  expect(refundOf(payment, "second")).toEqual(before);
});
