import { expect, test } from "bun:test";
import {
  answered,
  at,
  atToss,
  canceled,
  inProgress,
  key,
  noAnswer,
  unknown,
} from "../testing/given.ts";
import { attemptOf, type Payment } from "./payment.ts";
import { recordFinding } from "./record.ts";

const missing = { kind: "missing" } as const;
/** The order's expiry, in seconds after the payment was opened. */
const over = 45 * 60;
const find = (payment: Payment, finding: Parameters<typeof recordFinding>[2], seconds: number) =>
  recordFinding(payment, key, finding, at(seconds)).state;
const statusOf = (payment: Payment) => attemptOf(payment, key).status;

test("an attempt unknown to Toss ends with the order's period", () => {
  const early = find(unknown(), missing, over - 1);
  expect(early.status).toBe("IN_PROGRESS");
  const ended = find(early, missing, over);
  expect(ended.status).toBe("EXPIRED");
  expect(statusOf(ended)).toBe("DECLINED");
});

test("an attempt unknown to Toss ends with the order's period, also when the order was closed before", () => {
  const closed = canceled(unknown());
  const ended = find(find(closed, missing, over), missing, over + 60);
  expect(ended.status).toBe("CANCELED");
  expect(statusOf(ended)).toBe("DECLINED");
});

test('one response of "no such payment" ends nothing', () => {
  const once = find(unknown(), missing, over);
  expect(statusOf(once)).toBe("UNKNOWN");
  const shown = answered(atToss({ status: "IN_PROGRESS", approvedAt: null }));
  const seen = find(once, shown, over + 30);
  expect(statusOf(find(seen, missing, over + 60))).toBe("UNKNOWN");
  // a missing response does not count
  expect(statusOf(find(once, noAnswer, over + 60))).toBe("UNKNOWN");
});

test("an attempt unknown to Toss is open for eleven minutes after its confirm", () => {
  const late = { ...inProgress(), expiresAt: at(2).now };
  const twice = find(find(late, missing, 600), missing, 659);
  expect(statusOf(twice)).toBe("REQUESTED");
  expect(statusOf(find(twice, missing, 661))).toBe("DECLINED");
});

test("an attempt unknown to Toss is open while a confirm is under way", () => {
  const payment = unknown();
  const [attempt] = payment.attempts;
  if (attempt === undefined) throw new Error("the attempt is gone");
  const again = { ...attempt, lastSentAt: at(over).now, missing: 9 };
  const sent = { ...payment, attempts: [again] };
  expect(statusOf(find(sent, missing, over + 64))).toBe("UNKNOWN");
  expect(statusOf(find(sent, missing, over + 65))).toBe("DECLINED");
});
