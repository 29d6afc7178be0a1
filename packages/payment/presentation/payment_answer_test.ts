import { expect, test } from "bun:test";
import {
  account,
  answered,
  at,
  atToss,
  key,
  left,
  overAt,
} from "../testing/given.ts";
import { recordFinding } from "../domain/approval_outcome.ts";
import { provideRefundAccount } from "../domain/closing.ts";
import { depositAnswer } from "./payment_answer.ts";

const bank = { bank: "20", accountNumber: "1", holderName: "김토스" };

test("depositAnswer() takes no deposit that still waits for its account for a refused one", () => {
  const deposited = answered(atToss({ virtualAccount: account }));
  const one = recordFinding(left(), key, deposited, at(overAt + 60)).state;
  const [attempt] = one.attempts;
  if (attempt === undefined) throw new Error("the attempt is gone");
  const two = {
    ...one,
    attempts: [attempt, { ...attempt, paymentKey: "second" }],
  };
  const named = provideRefundAccount(two, bank, at(overAt + 61)).state;
  expect(depositAnswer(named)).toMatchObject({ refusal: null, isOpen: true });
});
