import { expect, test } from "bun:test";
import { at, done } from "../testing/given.ts";
import type { Kept } from "./charge.ts";
import type { Payment } from "./payment.ts";
import { requestRefund } from "./requests.ts";
import { snapshotOf } from "./snapshot.ts";

const until = at(100).now;
const limited = (refundLimits: Kept["refundLimits"]): Payment =>
  ({ ...done(), kept: { ...done().kept, refundLimits } }) as Payment;
const request = { key: "k", requestHash: "h", reason: "변심" };

test("a refund is refused before it is stored when the PSP's refund period is over", () => {
  const payment = limited({ wholeOnly: true, until });
  expect(requestRefund(payment, request, at(99))?.state.refunds).toHaveLength(1);
  expect(() => requestRefund(payment, request, at(100))).toThrow(
    expect.objectContaining({ code: "refund_period_over" }),
  );
});

test("a partial refund is refused where the PSP returns only the whole balance", () => {
  const payment = limited({ wholeOnly: true, until: null });
  expect(() => requestRefund(payment, { ...request, amount: 999 }, at(10))).toThrow(
    expect.objectContaining({ code: "refund_whole_only" }),
  );
  expect(requestRefund(payment, { ...request, amount: 1000 }, at(10))?.state.refunds).toMatchObject(
    [{ amount: 1000 }],
  );
});

test("a refund under way is found by its key, also when the refund period is over", () => {
  const payment = limited({ wholeOnly: true, until });
  const begun = requestRefund(payment, request, at(99))?.state as Payment;
  expect(requestRefund(begun, request, at(101))).toBeUndefined();
});

test("snapshotOf() shows refund limits only while the order is paid", () => {
  const limits = { wholeOnly: true, until };
  expect(snapshotOf(limited(limits)).refundLimits).toEqual(limits);
  expect(snapshotOf({ ...done(), status: "READY", kept: null } as Payment).refundLimits).toBeNull();
});
