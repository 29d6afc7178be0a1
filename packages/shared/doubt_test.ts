import { expect, test } from "bun:test";
import { doubtOf } from "./doubt.ts";
import { receiptUrlOf } from "./payment_snapshot.ts";
import type { PaymentSnapshot } from "./payment_snapshot.ts";

const open: PaymentSnapshot = {
  orderId: "0190a000-0000-7000-8000-000000000001",
  paymentVersion: 3,
  status: "READY",
  amount: 1000,
  balanceAmount: 0,
  refundedAmount: 0,
  currency: "KRW",
  method: null,
  approvedAt: null,
  receiptUrl: null,
  virtualAccount: null,
  refundLimits: null,
  cashReceipt: null,
  isEscrow: false,
  failure: null,
  refunding: false,
  refundMarks: [],
  returnedAmount: 0,
  refundAccountNeeded: false,
  refundDelayed: false,
};
const paid: PaymentSnapshot = {
  ...open,
  status: "DONE",
  balanceAmount: 1000,
  approvedAt: "2026-01-05T05:00:10.000Z",
};
const refunded = { ...paid, balanceAmount: 600, refundedAmount: 400 };
const virtualAccount = { bankCode: "20", accountNumber: "1", dueAt: "2026-01-12T05:00:00.000Z" };
const waiting: PaymentSnapshot = { ...open, status: "WAITING_FOR_DEPOSIT", virtualAccount };
const canceled: PaymentSnapshot = { ...open, status: "CANCELED" };
const later = (snapshot: PaymentSnapshot) => ({ ...snapshot, paymentVersion: 8 });

test.each([
  ["no row", undefined, open, "behind"],
  ["an older row", open, later(open), "behind"],
  ["the same", { ...open, more: 1 }, open, null],
  ["no snapshot applied", open, null, null],
  ["another content of the same version", open, paid, "differs"],
  ["paid, and never was", later(open), paid, "contradicts"],
  ["paid, and expired unpaid", later({ ...open, status: "EXPIRED" as const }), paid, "contradicts"],
  ["a refund that never was", later(paid), refunded, "contradicts"],
  ["closed, and open again", later(open), canceled, "contradicts"],
  ["an account that never was", later(open), waiting, "contradicts"],
  ["paid, then refunded", later(refunded), paid, null],
  ["a deposit that the bank reversed", later(waiting), { ...paid, virtualAccount }, null],
  ["an account that was closed", later(canceled), waiting, null],
  ["money for a closed order that was kept after all", later(paid), canceled, null],
] as const)("doubtOf() recognizes: %s", (_, row, known, doubt) => {
  expect(doubtOf(row, known)).toBe(doubt);
});

test.each([
  ["https://dashboard.tosspayments.com/receipt?a=1", true],
  ["http://localhost:9090/receipt/redirection", true],
  ["http://127.0.0.1:9090/", true],
  ["http://evil.example/", false],
  ["http://localhost.evil.example/", false],
  ["javascript:alert(1)", false],
  [" java\nscript:alert(1)", false],
  ["data:text/html,x", false],
  ["//evil.example", false],
  ["", false],
  [null, false],
])("receiptUrlOf() accepts https, and http on this machine only: %p", (url, isKept) => {
  expect(receiptUrlOf(url)).toBe(isKept ? (url as string) : null);
});
