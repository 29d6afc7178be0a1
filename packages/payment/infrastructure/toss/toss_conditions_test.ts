import { describe, expect, test } from "bun:test";
import { cashReceiptOf, refundLimitsOf } from "./toss_conditions.ts";

describe("refundLimitsOf()", () => {
  const limits = (method: string | null, approvedAt: string | null, isPartialCancelable = true) =>
    refundLimitsOf({ method, approvedAt, isPartialCancelable });

  test.each([
    ["2026-11-30T14:59:59.000Z", "2026-11-30T15:00:00.000Z"],
    ["2026-11-30T15:00:00.000Z", "2026-12-31T15:00:00.000Z"],
    ["2026-12-31T14:59:59.000Z", "2026-12-31T15:00:00.000Z"],
  ])(
    "a phone payment of %s is refundable in full, until its month is over in Korea",
    (at, until) => {
      expect(limits("휴대폰", at)).toEqual({ wholeOnly: true, until });
    },
  );

  test("a bank transfer is refundable for 180 days, to the end of the day", () => {
    const until = "2026-07-04T15:00:00.000Z";
    expect(limits("계좌이체", "2026-01-05T05:00:00.000Z")).toEqual({ wholeOnly: false, until });
  });

  test("any other payment is refundable at any time, only in full where Toss says so", () => {
    const open = { wholeOnly: false, until: null };
    for (const method of ["카드", "가상계좌", "간편결제", null])
      expect(limits(method, "2026-01-05T05:00:00.000Z")).toEqual(open);
    expect(limits("카드", "2026-01-05T05:00:00.000Z", false)).toEqual({ ...open, wholeOnly: true });
    expect(limits("계좌이체", null)).toEqual(open);
  });
});

describe("cashReceiptOf()", () => {
  const receiptUrl = "https://dashboard.tosspayments.com/receipt/1";
  const of = { type: "소득공제", receiptUrl };
  const issued = {
    ...of,
    transactionType: "CONFIRM",
    issueStatus: "COMPLETED",
    amount: 1000,
  } as const;
  const taken = (amount: number) => ({ ...issued, transactionType: "CANCEL", amount });

  test("is issued until it was cancelled in full, in any order of Toss's list", () => {
    const statusOf = (...history: (typeof issued | ReturnType<typeof taken>)[]) =>
      cashReceiptOf({ ...of, amount: 0 }, history)?.status;
    expect(statusOf(issued)).toBe("COMPLETED");
    expect(statusOf(taken(400), issued)).toBe("COMPLETED");
    expect(statusOf(taken(400), issued, taken(600))).toBe("CANCELED");
  });

  test("is the valid receipt when another one failed or was cancelled", () => {
    const statusOf = (...history: Parameters<typeof cashReceiptOf>[1] & object) =>
      cashReceiptOf(null, history)?.status;
    const failed = { ...issued, issueStatus: "FAILED" as const };
    expect(statusOf(failed)).toBe("FAILED");
    expect(statusOf(failed, issued)).toBe("COMPLETED");
    expect(statusOf(failed, issued, taken(1000))).toBe("CANCELED");
    expect(statusOf(issued, taken(1000), { ...issued, amount: 600 })).toBe("COMPLETED");
  });

  test("is null without a receipt, and the one that Toss shows when its list is empty", () => {
    expect(cashReceiptOf(null, null)).toBeNull();
    const shown = { type: "지출증빙", receiptUrl: "javascript:alert(1)", amount: 1000 };
    expect(cashReceiptOf(shown, null)).toEqual({
      type: "지출증빙",
      status: "COMPLETED",
      url: null,
    });
  });
});
