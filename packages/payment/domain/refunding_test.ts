import { expect, test } from "bun:test";
import {
  answered,
  at,
  atToss,
  noAnswer,
  partlyRefunded,
} from "../testing/given.ts";
import type { Payment } from "./payment.ts";
import {
  recordRefundAnswer,
  recordRefundFinding,
  refundOf,
  requestRefund,
} from "./refunding.ts";

/** 400 of 1000 have gone back already; a refund of 100 was sent, and no answer came. */
function unanswered(): Payment {
  const request = {
    ...{ key: "second", requestHash: "hash", reason: "변심" },
    ...{ account: null, amount: 100 },
  };
  const requested = requestRefund(partlyRefunded(), request, at(10))?.state;
  if (requested === undefined) throw new Error("the refund was there already");
  return recordRefundAnswer(requested, "second", noAnswer, at(11)).state;
}

test("recordRefundFinding() declines no refund by a picture from before the refund that came earlier", () => {
  const old = answered(atToss({ balanceAmount: 1000, cancels: [] }));
  const { state } = recordRefundFinding(unanswered(), "second", old, at(12));
  // the call may still be under way at Toss: told as refused, it would be made again under another key
  expect(refundOf(state, "second").status).toBe("UNKNOWN");
});

test("recordRefundFinding() declines a refund when Toss holds less than it was asked for", () => {
  const byHand = answered(
    atToss({
      ...{ status: "PARTIAL_CANCELED", balanceAmount: 500 },
      cancels: [400, 100].map((amount, index) => ({
        ...{ transactionKey: `txrd_${index + 1}`, amount, reason: "전화로" },
        canceledAt: "2026-01-05T06:00:00.000Z",
      })),
    }),
  );
  const { state } = recordRefundFinding(unanswered(), "second", byHand, at(12));
  expect(refundOf(state, "second")).toMatchObject({
    status: "DECLINED",
    failure: { code: "NOT_MATCHES_REFUNDABLE_AMOUNT" },
  });
});
