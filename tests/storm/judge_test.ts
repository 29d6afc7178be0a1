import { expect, test } from "bun:test";
import { judge, type Requested, type PaymentTruth } from "./judge.ts";

const paymentKey = "key-1";
const confirm: Requested = { what: "confirm", paymentKey, amount: 1000, price: 1000 };
const refund: Requested = { what: "refund", key: "r-1", amount: 400, hasAccount: false };
const cancel: Requested = { what: "cancel" };

const open: PaymentTruth = {
  status: "READY",
  isOver: false,
  isClosing: false,
  hasChanged: false,
  kept: null,
  attempts: [],
  refunds: [],
};
const kept = {
  paymentKey,
  approvedAt: "2026-01-05T05:01:00.000Z",
  balanceAmount: 1000,
  virtualAccount: null,
};
const attempt = (status: string) => ({
  ...open,
  status: status === "APPROVED" ? "DONE" : "IN_PROGRESS",
  attempts: [{ paymentKey, status }],
  kept: status === "APPROVED" ? kept : null,
});
const refunded = (status: string) => ({
  ...attempt("APPROVED"),
  refunds: [{ key: "r-1", status, amount: 400 }],
});

const says = (status: number, body: object = {}) => ({ status, body }) as never;
const code = (status: number, of: string) => says(status, { code: of });
const paid = says(200, { status: "DONE", amount: 1000 });

test.each([
  ["paid", confirm, paid, attempt("APPROVED")],
  ["in progress", confirm, says(202, { status: "IN_PROGRESS" }), open],
  ["declined", confirm, code(402, "payment_declined"), attempt("DECLINED")],
  ["session expired", confirm, code(410, "payment_session_expired"), attempt("DECLINED")],
  ["closed", confirm, code(409, "order_not_payable"), { ...open, status: "CANCELED" }],
  ["expired", confirm, code(409, "order_not_payable"), { ...open, isOver: true }],
  ["changed amount", { ...confirm, amount: 1 }, code(422, "amount_mismatch"), open],
  [
    "changed amount before the payment exists",
    { ...confirm, amount: 1 },
    code(422, "amount_mismatch"),
    undefined,
  ],
  ["cancelled", cancel, says(200, { status: "CANCELED" }), { ...open, status: "CANCELED" }],
  ["paid first", cancel, code(409, "order_not_cancelable"), attempt("APPROVED")],
  ["refunded", refund, says(200), refunded("DONE")],
  ["refunding", refund, says(202), refunded("UNKNOWN")],
  [
    "amount exceeds balance",
    { ...refund, amount: 2000 },
    code(422, "amount_exceeds_balance"),
    attempt("APPROVED"),
  ],
  [
    "not refundable, and changed since",
    refund,
    code(409, "payment_not_refundable"),
    { ...attempt("APPROVED"), hasChanged: true },
  ],
] as [string, Requested, never, PaymentTruth | undefined][])(
  "judge() accepts a true response: %s",
  (_, requested, answer, truth) => {
    expect(judge(requested, answer, truth)).toBeUndefined();
  },
);

test.each([
  [
    "410 while the attempt is open",
    confirm,
    code(410, "payment_session_expired"),
    attempt("UNKNOWN"),
  ],
  ["402 though approved", confirm, code(402, "payment_declined"), attempt("APPROVED")],
  ["402 for a paymentKey that was never stored", confirm, code(402, "payment_declined"), open],
  ["paid, but no payment is kept", confirm, paid, attempt("UNKNOWN")],
  [
    "paid with another amount in the response",
    confirm,
    says(200, { status: "DONE", amount: 1 }),
    attempt("APPROVED"),
  ],
  ["not payable, but it is", confirm, code(409, "order_not_payable"), open],
  [
    "paid after a confirm with another amount",
    { ...confirm, amount: 1 },
    paid,
    attempt("APPROVED"),
  ],
  ["already paid, but it is not", confirm, code(409, "order_already_paid"), open],
  ["another attempt is open, but none is", confirm, code(409, "payment_in_progress"), open],
  ["404 for an existing order", confirm, code(404, "order_not_found"), open],
  ["an order without a payment", confirm, code(404, "order_not_found"), undefined],
  ["cancelled while open", cancel, says(200, { status: "CANCELED" }), open],
  ["not cancelable, but unpaid", cancel, code(409, "order_not_cancelable"), open],
  ["refund done while open", refund, says(200), refunded("UNKNOWN")],
  ["refund done, but there is none", refund, says(200), attempt("APPROVED")],
  [
    "refund rejected, but it is made",
    refund,
    code(409, "payment_not_refundable"),
    refunded("DONE"),
  ],
  ["refund rejected while open", refund, code(422, "amount_exceeds_balance"), refunded("UNKNOWN")],
  [
    "amount exceeds balance, but it does not",
    refund,
    code(422, "amount_exceeds_balance"),
    attempt("APPROVED"),
  ],
  ["not refundable, but it is", refund, code(409, "payment_not_refundable"), attempt("APPROVED")],
] as [string, Requested, never, PaymentTruth | undefined][])(
  "judge() reports a false response: %s",
  (_, requested, answer, truth) => {
    expect(judge(requested, answer, truth)).toBeString();
  },
);
