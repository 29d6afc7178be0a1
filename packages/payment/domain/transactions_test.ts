import { expect, test } from "bun:test";
import {
  answered,
  at,
  atToss,
  canceled,
  declined,
  done,
  facts,
  inProgress,
  key,
  left,
  partlyCanceledAtToss,
  partlyRefunded,
  ready,
  recordConfirmAnswer,
  waiting,
  waitingAtToss,
} from "../testing/given.ts";
import type { Transaction } from "@payflow/ledger/movements";
import type { Payment } from "./payment.ts";
import { recordFinding } from "./record.ts";
import { findBehind, moving } from "./transactions.ts";

function row(kind: Transaction["kind"], transactionKey: string = kind): Transaction {
  return {
    transactionKey,
    paymentKey: key,
    orderId: facts.orderId,
    kind,
    amount: 1000,
    currency: "KRW",
  };
}

const paidIntoAccount = () =>
  recordFinding(
    waiting(),
    key,
    answered(atToss({ method: "가상계좌", virtualAccount: waitingAtToss.virtualAccount })),
    at(9),
  ).state;
const goingBack = () =>
  recordConfirmAnswer(canceled(inProgress()), key, answered(atToss()), at(5)).state;

const cases: [string, Payment, Transaction[], boolean][] = [
  ["an approval that is known", done(), [row("approval")], false],
  ["an approval of what was declined", declined(), [row("approval")], true],
  ["an approval that is being returned", goingBack(), [row("approval")], false],
  ["a refund that is known", partlyRefunded(), [row("approval"), row("cancel", "txrd_1")], false],
  [
    "a refund made by hand",
    partlyRefunded(),
    [row("cancel", "txrd_1"), row("cancel", "txrd_2")],
    true,
  ],
  ["an account that waits", waiting(), [row("waiting")], false],
  ["money by a paymentKey that was lost", ready(), [row("approval")], true],
  ["an abandoned account", left(), [row("waiting")], false],
  ["a deposit into an abandoned account", left(), [row("approval")], true],
  ["a deposit", waiting(), [row("waiting"), row("approval")], true],
  ["a deposit that is known", paidIntoAccount(), [row("waiting"), row("approval")], false],
  [
    "a deposit that was taken back",
    paidIntoAccount(),
    [row("approval"), row("waiting", "again")],
    true,
  ],
  ["another merchant's order", done(), [], false],
];

test.each(cases)("findBehind(): %s", (_, payment, listed, isBehind) => {
  const expected: [Payment, string[]][] = isBehind ? [[payment, [key]]] : [];
  expect([...findBehind(listed, [payment])]).toEqual(expected);
});

const closedUnpaid = () => {
  const canceled = atToss({
    ...waitingAtToss,
    status: "CANCELED",
    cancels: [{ ...partlyCanceledAtToss.cancels[0], transactionKey: "close" } as never],
  });
  return recordFinding(waiting(), key, answered(canceled), at(20)).state;
};

test.each<[string, Payment[], string, boolean]>([
  ["the close of an account that no deposit reached", [closedUnpaid()], "close", false],
  ["a cancel of it that it does not know", [closedUnpaid()], "another", true],
  ["a refund", [partlyRefunded()], "txrd_1", true],
  ["a refund of a deposit that was never booked", [waiting()], "txrd_1", true],
  ["a refund of an unknown order", [], "txrd_1", true],
])("moving(): %s", (_, payments, transactionKey, isMoving) => {
  const rows = [row("waiting"), row("cancel", transactionKey)];
  expect(moving(rows, payments)).toEqual(isMoving ? rows : [row("waiting")]);
});
