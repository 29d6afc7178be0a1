import { describe, expect, test } from "bun:test";
import {
  account,
  answered,
  at,
  atToss,
  declined,
  done,
  inProgress,
  key,
  left,
  noAnswer,
  overAt,
  recordCancelAnswer,
  recordConfirmAnswer,
  recordRefundAnswer,
} from "../testing/given.ts";
import { attemptOf } from "../domain/payment.ts";
import { recordFinding } from "../domain/record.ts";
import { requestRefund } from "../domain/requests.ts";
import { nameAccount } from "../domain/return_account.ts";
import { tossProfile } from "../infrastructure/toss/toss_profile.ts";
import { confirmAnswer, depositAnswer, refundAnswer } from "./payment_answer.ts";

const bank = { bank: "20", accountNumber: "1", holderName: "김토스" };

describe("depositAnswer()", () => {
  const deposited = answered(atToss({ virtualAccount: account }));
  const one = recordFinding(left(), key, deposited, at(overAt + 60)).state;
  const second = { ...attemptOf(one, key), paymentKey: "second" };
  const two = { ...one, attempts: [attemptOf(one, key), second] };
  const refusal = { kind: "declined", code: "REFUND_REJECTED", message: "환불 거절" } as const;

  test("does not mistake another deposit, which waits for an account, for a refused one", () => {
    const named = nameAccount(two, bank, at(overAt + 61)).state;
    const open = { refusal: null, isOpen: true };
    expect(depositAnswer(named, key, tossProfile)).toMatchObject(open);
    // Toss refused the account of the other deposit
    const other = { ...second, failure: { code: "INVALID_BANK", message: "은행 오류" } };
    const both = { ...named, attempts: [attemptOf(named, key), other] };
    expect(depositAnswer(both, key, tossProfile)).toMatchObject(open);
  });

  test("reports the refusal of this deposit while another is returned", () => {
    const first = nameAccount(two, bank, at(overAt + 61)).state;
    const both = nameAccount(first, { ...bank, accountNumber: "2" }, at(overAt + 62)).state;
    const now = recordCancelAnswer(both, key, refusal, at(overAt + 63)).state;
    expect(depositAnswer(now, key, tossProfile)).toMatchObject({
      refusal: { code: "payment_not_refundable" },
      isOpen: false,
    });
    expect(depositAnswer(now, "second", tossProfile)).toMatchObject({
      refusal: null,
      isOpen: true,
    });
  });
});

const gone = {
  kind: "session_gone",
  code: "NOT_FOUND_PAYMENT_SESSION",
  message: "결제 시간이 만료되었습니다.",
} as const;

test("confirmAnswer() reports no refusal while the attempt is open", () => {
  // the PSP does not know the payment, and no query has shown yet whether it was approved before
  const doubtful = recordConfirmAnswer(inProgress(), key, gone, at(11)).state;
  expect(confirmAnswer(doubtful, key, tossProfile).refusal).toBeNull();
  const missing = { kind: "missing" } as const;
  const ended = recordFinding(doubtful, key, missing, at(12)).state;
  expect(confirmAnswer(ended, key, tossProfile).refusal).toMatchObject({
    code: "payment_session_expired",
  });
});

test("confirmAnswer() reports a decline only for a declined attempt", () => {
  expect(confirmAnswer(declined(), key, tossProfile).refusal).toMatchObject({
    code: "payment_declined",
  });
  expect(confirmAnswer(done(), key, tossProfile).refusal).toBeNull();
});

test("refundAnswer() is open until the refund's outcome is known", () => {
  const refund = { key: "r-1", requestHash: "h", reason: "변심" };
  const requested = requestRefund(done(), { ...refund, amount: 400 }, at(60));
  if (requested === undefined) throw new Error("nothing was requested");
  expect(refundAnswer(requested.state, "r-1", tossProfile).isOpen).toBe(true);
  const open = recordRefundAnswer(requested.state, "r-1", noAnswer, at(61));
  expect(refundAnswer(open.state, "r-1", tossProfile).isOpen).toBe(true);
});
