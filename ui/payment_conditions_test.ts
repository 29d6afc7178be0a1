import { expect, test } from "bun:test";
import { paymentConditions } from "./payment_conditions.ts";

const reader = { language: "ko", now: new Date("2026-11-27T05:00:00.000Z") } as const;
const plain = {
  refundLimits: { wholeOnly: false, until: null },
  cashReceipt: null,
  isEscrow: false,
  balanceAmount: 1000,
};
const refund = (wholeOnly: boolean, until: string | null, balanceAmount = 1000) =>
  paymentConditions({ ...plain, refundLimits: { wholeOnly, until }, balanceAmount }, reader).map(
    ({ text }) => text,
  );

test("a payment that can be refunded at any time and in parts has no conditions", () => {
  expect(paymentConditions(plain, reader)).toEqual([]);
  expect(paymentConditions(undefined, reader)).toEqual([]);
});

test("the last day of a refund is named, not the day after it", () => {
  expect(refund(true, "2026-11-30T15:00:00.000Z")).toEqual([
    "2026년 11월 30일까지 전액만 환불할 수 있습니다.",
  ]);
  expect(refund(false, "2027-05-26T15:00:00.000Z")).toEqual([
    "2027년 5월 26일까지 환불할 수 있습니다.",
  ]);
  expect(refund(true, null)).toEqual(["전액만 환불할 수 있습니다."]);
  expect(refund(true, "2026-11-27T05:00:00.000Z")).toEqual(["결제 수단의 환불 기한이 지났습니다."]);
  expect(refund(true, "2026-11-30T15:00:00.000Z", 0)).toEqual([]);
});

test("a cash receipt is shown with its purpose, status and link; escrow is named", () => {
  const url = "https://dashboard.tosspayments.com/receipt";
  const cashReceipt = { type: "소득공제", status: "CANCELED", url } as const;
  expect(paymentConditions({ ...plain, cashReceipt, isEscrow: true }, reader)).toEqual([
    { name: "현금영수증", text: "소득공제용 · 취소됨", link: url },
    { name: "에스크로", text: "상품을 받은 뒤 판매자에게 지급됩니다." },
  ]);
});
