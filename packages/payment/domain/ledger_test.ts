import { describe, expect, test } from "bun:test";
import {
  account,
  answered,
  at,
  atToss,
  canceled,
  canceledAtToss,
  closing,
  done,
  inProgress,
  key,
  partlyCanceledAtToss,
  recordConfirmAnswer,
  unknown,
  waiting,
  waitingAtToss,
} from "../testing/given.ts";
import type { LedgerEntry } from "@payflow/ledger/movements";
import type { Charge } from "./charge.ts";
import type { PaymentChange } from "./change.ts";
import { attemptOf, type Payment } from "./payment.ts";
import { recordFinding } from "./record.ts";
import { learned } from "./recovery.ts";
import { snapshotOf } from "./snapshot.ts";

const rows = (change: PaymentChange) => change.journal ?? [];
const short = (entries: readonly LedgerEntry[]) =>
  entries.map(({ kind, amount, transactionKey }) => [kind, amount, transactionKey]);

/** The entries that are booked when these charges are found one after the other. */
function bookedBy(payment: Payment, charges: readonly Charge[], paymentKey = key): LedgerEntry[] {
  let state = payment;
  return charges.flatMap((charge, index) => {
    const change = recordFinding(state, paymentKey, answered(charge), at(100 + index));
    state = change.state;
    return rows(change);
  });
}

const deposited = atToss({ virtualAccount: account, method: "가상계좌", card: null });

test("an approval is booked with all details that the PSP shows", () => {
  const approved = recordConfirmAnswer(inProgress(), key, answered(atToss()), at(2));
  expect(rows(approved)).toEqual([
    {
      orderId: approved.state.orderId,
      paymentKey: key,
      kind: "capture",
      amount: 1000,
      occurredAt: "2026-01-05T05:00:10.000Z",
      transactionKey: "txrd_0",
      method: "카드",
      card: {
        issuer: "61",
        number: "43301234****123*",
        installmentMonths: 0,
        isInterestFree: false,
        approvalNumber: "00000000",
      },
      vat: 91,
      taxFree: 0,
      receiptUrl: "https://receipt.example/1",
    },
  ]);
});

test("each cancel is booked once, at its time and under its key", () => {
  const second = { ...partlyCanceledAtToss.cancels[0], transactionKey: "txrd_2", amount: 600 };
  const all = atToss({
    status: "CANCELED",
    balanceAmount: 0,
    cancels: [...partlyCanceledAtToss.cancels, second as Charge["cancels"][number]],
  });
  const entries = bookedBy(done(), [partlyCanceledAtToss, partlyCanceledAtToss, all]);
  expect(short(entries)).toEqual([
    ["refund", -400, "txrd_1"],
    ["refund", -600, "txrd_2"],
  ]);
  expect(entries[0]?.occurredAt).toBe("2026-01-05T06:00:00.000Z");
});

test("an approval that is first seen after a cancel has no key of its own, and no VAT", () => {
  const entries = bookedBy(unknown(), [{ ...partlyCanceledAtToss, transactionKey: "txrd_1" }]);
  expect(short(entries)).toEqual([
    ["capture", 1000, null],
    ["refund", -400, "txrd_1"],
  ]);
  expect(entries.map(({ vat }) => vat)).toEqual([null, null]);
});

test("a deposit arrives, is taken back by the bank, and arrives again", () => {
  const reversed = { ...waitingAtToss, transactionKey: "txrd_back" };
  const again = { ...deposited, approvedAt: "2026-01-05T07:00:00.000Z", transactionKey: "txrd_3" };
  expect(short(bookedBy(waiting(), [deposited, reversed, again]))).toEqual([
    ["capture", 1000, "txrd_0"],
    ["deposit_reversal", -1000, "txrd_back"],
    ["capture", 1000, "txrd_3"],
  ]);
});

describe("money that can't be kept", () => {
  const gone = (charge: Charge): Charge => ({
    ...charge,
    status: "CANCELED",
    balanceAmount: 0,
    cancels: [{ ...partlyCanceledAtToss.cancels[0], amount: 1000 } as Charge["cancels"][number]],
  });

  test("a second approval", () => {
    const second = atToss({ paymentKey: "second" });
    const attempt = { ...attemptOf(unknown(), key), paymentKey: "second" };
    const payment = { ...done(), attempts: [...done().attempts, attempt] } as Payment;
    expect(short(bookedBy(payment, [second, gone(second)], "second"))).toEqual([
      ["capture", 1000, "txrd_0"],
      ["return", -1000, "txrd_1"],
    ]);
  });

  test("an approval for a closed order", () => {
    expect(short(bookedBy(canceled(inProgress()), [atToss(), gone(atToss())]))).toEqual([
      ["capture", 1000, "txrd_0"],
      ["return", -1000, "txrd_1"],
    ]);
  });

  test("a part that was returned by hand before the rest", () => {
    const part = atToss({
      status: "PARTIAL_CANCELED",
      balanceAmount: 600,
      cancels: partlyCanceledAtToss.cancels,
    });
    const rest = { ...partlyCanceledAtToss.cancels[0], transactionKey: "txrd_2", amount: 600 };
    const all: Charge = {
      ...part,
      status: "CANCELED",
      balanceAmount: 0,
      cancels: [...part.cancels, rest as Charge["cancels"][number]],
    };
    expect(short(bookedBy(canceled(inProgress()), [atToss(), part, all]))).toEqual([
      ["capture", 1000, "txrd_0"],
      ["return", -400, "txrd_1"],
      ["return", -600, "txrd_2"],
    ]);
  });

  test("a stale response after its return books nothing", () => {
    const charges = [atToss(), gone(atToss()), atToss(), gone(atToss())];
    expect(short(bookedBy(canceled(inProgress()), charges))).toEqual([
      ["capture", 1000, "txrd_0"],
      ["return", -1000, "txrd_1"],
    ]);
  });

  test("an approval that was cancelled before it was seen", () => {
    expect(short(bookedBy(canceled(inProgress()), [gone(atToss())]))).toEqual([
      ["capture", 1000, null],
      ["return", -1000, "txrd_1"],
    ]);
  });

  test("an approval of another amount", () => {
    const wrong = atToss({ totalAmount: 900, balanceAmount: 900 });
    expect(short(bookedBy(unknown(), [wrong]))).toEqual([["capture", 900, "txrd_0"]]);
  });
});

test("money under a lost paymentKey is booked when it is found", () => {
  const change = learned(inProgress(), atToss({ paymentKey: "lost" }), at(50));
  expect(short(change?.journal ?? [])).toEqual([["capture", 1000, "txrd_0"]]);
});

test("a deposit that arrived before its account's close, and was returned before it was seen, is a refund of the order", () => {
  const gone: Charge = {
    ...deposited,
    status: "CANCELED",
    balanceAmount: 0,
    cancels: canceledAtToss.cancels,
  };
  const change = recordFinding(closing(), key, answered(gone), at(100));
  expect(snapshotOf(change.state)).toMatchObject({ refundedAmount: 1000, returnedAmount: 0 });
  expect(short(rows(change))).toEqual([
    ["capture", 1000, null],
    ["refund", -1000, "txrd_1"],
  ]);
});

test("a charge without a movement of money books nothing", () => {
  expect(bookedBy(inProgress(), [waitingAtToss])).toEqual([]);
  expect(bookedBy(unknown(), [atToss({ status: "ABORTED", approvedAt: null })])).toEqual([]);
  const closed: Charge = { ...waitingAtToss, status: "CANCELED", balanceAmount: 0 };
  expect(bookedBy(waiting(), [closed])).toEqual([]);
});
