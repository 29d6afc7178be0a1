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
  ["under way", confirm, says(202, { status: "IN_PROGRESS" }), open],
  ["declined", confirm, code(402, "payment_declined"), attempt("DECLINED")],
  ["gone", confirm, code(410, "payment_session_expired"), attempt("DECLINED")],
  ["closed", confirm, code(409, "order_not_payable"), { ...open, status: "CANCELED" }],
  ["late", confirm, code(409, "order_not_payable"), { ...open, isOver: true }],
  ["tampered with", { ...confirm, amount: 1 }, code(422, "amount_mismatch"), open],
  [
    "tampered with before there is a payment",
    { ...confirm, amount: 1 },
    code(422, "amount_mismatch"),
    undefined,
  ],
  ["cancelled", cancel, says(200, { status: "CANCELED" }), { ...open, status: "CANCELED" }],
  ["paid first", cancel, code(409, "order_not_cancelable"), attempt("APPROVED")],
  ["refunded", refund, says(200), refunded("DONE")],
  ["refunding", refund, says(202), refunded("UNKNOWN")],
  [
    "too much",
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
  "judge() takes an answer that is true: %s",
  (_, requested, answer, truth) => {
    expect(judge(requested, answer, truth)).toBeUndefined();
  },
);

test.each([
  ["410 while open", confirm, code(410, "payment_session_expired"), attempt("UNKNOWN")],
  ["402 though approved", confirm, code(402, "payment_declined"), attempt("APPROVED")],
  ["402 of a key that was never stored", confirm, code(402, "payment_declined"), open],
  ["paid, and nothing is kept", confirm, paid, attempt("UNKNOWN")],
  ["paid for another sum", confirm, says(200, { status: "DONE", amount: 1 }), attempt("APPROVED")],
  ["not payable, and it is", confirm, code(409, "order_not_payable"), open],
  ["paid for another sum than it costs", { ...confirm, amount: 1 }, paid, attempt("APPROVED")],
  ["paid already, and it is not", confirm, code(409, "order_already_paid"), open],
  ["another is under way, and none is", confirm, code(409, "payment_in_progress"), open],
  ["404 of an order that is there", confirm, code(404, "order_not_found"), open],
  ["an order without a payment", confirm, code(404, "order_not_found"), undefined],
  ["cancelled while open", cancel, says(200, { status: "CANCELED" }), open],
  ["not cancelable, and unpaid", cancel, code(409, "order_not_cancelable"), open],
  ["refund done while open", refund, says(200), refunded("UNKNOWN")],
  ["refund done, and there is none", refund, says(200), attempt("APPROVED")],
  ["refund refused, and it is made", refund, code(409, "payment_not_refundable"), refunded("DONE")],
  ["refund refused while open", refund, code(422, "amount_exceeds_balance"), refunded("UNKNOWN")],
  ["too much, and it is not", refund, code(422, "amount_exceeds_balance"), attempt("APPROVED")],
  ["not refundable, and it is", refund, code(409, "payment_not_refundable"), attempt("APPROVED")],
] as [string, Requested, never, PaymentTruth | undefined][])(
  "judge() notices an answer that is not: %s",
  (_, requested, answer, truth) => {
    expect(judge(requested, answer, truth)).toBeString();
  },
);
