import { describe, expect, test } from "bun:test";
import { sumWon } from "@payflow/shared";
import { at, atToss, done, facts } from "../testing/given.ts";
import type { Kept } from "./charge.ts";
import type { Payment } from "./payment.ts";
import { requestRefund } from "./requests.ts";
import { taxFreeDiffers, taxFreePart } from "./tax_free.ts";

const { orderId } = facts;
const keptOf = (balanceAmount: number, taxFreeAmount: number): Kept =>
  atToss({ balanceAmount, taxFreeAmount });

describe("taxFreePart()", () => {
  test("takes no more of either part than its balance, and all of both with the last refund", () => {
    for (let balance = 1; balance <= 30; balance++)
      for (let left = 0; left <= balance; left++)
        for (let amount = 1; amount <= balance; amount++) {
          const part = taxFreePart({ orderId, kept: keptOf(balance, left) }, amount, undefined);
          const isWithin = part >= 0 && part <= left && amount - part <= balance - left;
          if (!isWithin || (amount === balance && part !== left))
            throw new Error(`${part} of ${amount}, where ${left} of ${balance} is left`);
        }
  });

  test("is in proportion to the balance, rounded down", () => {
    const kept = keptOf(1000, 300);
    expect(
      [1, 3, 4, 500, 1000].map((sum) => taxFreePart({ orderId, kept }, sum, undefined)),
    ).toEqual([0, 0, 1, 150, 300]);
    // a product beyond 2^53
    const large = keptOf(999_999_999_999, 999_999_999_998);
    expect(taxFreePart({ orderId, kept: large }, 999_999_999_998, undefined)).toBe(999_999_999_997);
  });

  test.each([
    [300, 300, true],
    [300, 301, false],
    [200, 201, false],
    [800, 100, true],
    [800, 99, false],
    [1000, 300, true],
    [1000, 299, false],
    [400, 0, true],
  ])("of a refund of %d takes %d as named: %p", (amount, named, isTaken) => {
    const take = () => taxFreePart({ orderId, kept: keptOf(1000, 300) }, amount, named);
    if (isTaken) expect(take()).toBe(named);
    else expect(take).toThrow("VAT-free part");
  });
});

test("requestRefund() stores the tax-free part with the intent", () => {
  const kept = { ...done().kept, taxFreeAmount: 300 } as Kept;
  const payment = { ...done(), kept } as Payment;
  const request = { key: "k", requestHash: "h", reason: "변심", amount: 500 };
  const partOf = (change: { taxFreeAmount?: number }) =>
    requestRefund(payment, { ...request, ...change }, at(10))?.state.refunds[0]?.taxFreeAmount;
  expect([partOf({}), partOf({ taxFreeAmount: 300 })]).toEqual([150, 300]);
});

test("taxFreeDiffers() compares the order with everything that the PSP has booked", () => {
  const cancel = { transactionKey: "c", amount: 400, reason: "", mark: null, canceledAt: "" };
  const payment = (ordered: number, left: number, gone: readonly number[] = []): Payment => {
    const cancels = gone.map((taxFreeAmount) => ({ ...cancel, taxFreeAmount }));
    const balanceAmount = 1000 - sumWon(gone.map(() => 400));
    const kept = { ...atToss({ balanceAmount, taxFreeAmount: left }), cancels };
    return { ...done(), taxFreeAmount: ordered, kept } as Payment;
  };
  expect(taxFreeDiffers(payment(300, 300))).toBe(false);
  expect(taxFreeDiffers(payment(300, 100, [150, 50]))).toBe(false);
  expect(taxFreeDiffers(payment(300, 0))).toBe(true);
  expect(taxFreeDiffers(payment(0, 300))).toBe(true);
  expect(taxFreeDiffers({ ...payment(300, 0), kept: null } as Payment)).toBe(false);
});
