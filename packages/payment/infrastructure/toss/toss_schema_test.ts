import { expect, test } from "bun:test";
import { parseTossPayment } from "./toss_schema.ts";

const body = (refundStatus?: unknown) => ({
  paymentKey: "key-1",
  orderId: "order-1",
  totalAmount: 1000,
  balanceAmount: 0,
  status: "CANCELED",
  approvedAt: "2026-01-05T14:00:00+09:00",
  virtualAccount: {
    bankCode: "20",
    accountNumber: "X3790109057645",
    dueDate: "2026-01-12T14:22:41+09:00",
    refundStatus,
  },
});

test.each([
  ["NONE", null],
  ["PENDING", "PENDING"],
  ["FAILED", "FAILED"],
  ["PARTIAL_FAILED", "PARTIAL_FAILED"],
  ["COMPLETED", null],
  ["SOMETHING_NEW", null],
  [undefined, null],
])("a refundStatus of %p is a payout of %p, and no part of the account", (refundStatus, payout) => {
  const dueAt = "2026-01-12T05:22:41.000Z";
  expect(parseTossPayment(body(refundStatus))).toMatchObject({
    payout,
    virtualAccount: { bankCode: "20", accountNumber: "X3790109057645", dueAt },
  });
  expect(parseTossPayment(body(refundStatus))?.virtualAccount).not.toHaveProperty("refundStatus");
});
