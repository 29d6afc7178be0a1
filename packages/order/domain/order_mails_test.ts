import { describe, expect, test } from "bun:test";
import { markOf } from "@payflow/shared";
import { after, moment, placed, placedAt, snapshots } from "../testing/given.ts";
import { Order } from "./order.ts";
import { mailsOf } from "./order_mails.ts";
import { decline, grant, request, withdraw } from "./refund_decisions.ts";
import { refundKey, type RefundRequest } from "./refund_request.ts";

const kinds = (before: Order | null, order: Order) =>
  mailsOf(before, order).map((mail) => mail.kind);
const paid = () => after(placed(), snapshots.done).state;
const virtualAccount = { bankCode: "88", accountNumber: "110123456789", dueAt: placedAt };
const decided = (change: { readonly state: Order } | undefined) => change?.state as Order;
const requested = () =>
  decided(request(paid(), { kind: "late_delivery", text: "김토스입니다" }, moment));

describe("mailsOf()", () => {
  test("has a mail for placing an order, and one for each change of its status", () => {
    const order = placed();
    expect(kinds(null, order)).toEqual(["placed"]);
    const waiting = after(order, { ...snapshots.waiting, virtualAccount }).state;
    expect(mailsOf(order, waiting)).toEqual([{ kind: "account", account: virtualAccount }]);
    expect(kinds(waiting, after(waiting, snapshots.done).state)).toEqual(["paid"]);
    expect(kinds(order, after(order, snapshots.canceled).state)).toEqual(["canceled"]);
    expect(kinds(order, after(order, snapshots.expired).state)).toEqual(["expired"]);
  });

  test("has a mail for each refund, with that refund's amount", () => {
    const partly = after(paid(), snapshots.partlyRefunded).state;
    expect(mailsOf(paid(), partly)).toMatchObject([{ amount: 400, isReturn: false }]);
    const whole = after(partly, snapshots.refunded).state;
    expect(mailsOf(partly, whole)).toMatchObject([{ kind: "refunded", amount: 600 }]);
  });

  test("has a mail when money for a closed order needs a refund account, and one when it was returned", () => {
    const expired = after(placed(), snapshots.expired).state;
    const lacking = { ...snapshots.expired, refunding: true, refundAccountNeeded: true };
    const waiting = after(expired, lacking).state;
    expect(kinds(expired, waiting)).toEqual(["account_needed"]);
    const returned = after(waiting, { ...snapshots.expired, returnedAmount: 1000 }).state;
    expect(mailsOf(waiting, returned)).toMatchObject([{ amount: 1000, isReturn: true }]);
  });

  test("has one mail for a decided refund request, with the shop's answer, and none for its refund", () => {
    const order = requested();
    const answer = "개봉하셨습니다";
    expect(mailsOf(order, decided(decline(order, { answer }, moment)))).toMatchObject([
      { kind: "request_declined", answer },
    ]);
    const granting = decided(grant(order, { amount: 400, answer: "죄송합니다" }));
    expect(kinds(order, granting)).toEqual([]);
    const refundMarks = [markOf(refundKey(granting.refundRequest as RefundRequest))];
    const made = after(granting, { ...snapshots.partlyRefunded, refundMarks }).state;
    expect(mailsOf(granting, made)).toMatchObject([
      { kind: "request_granted", amount: 400, answer: "죄송합니다" },
    ]);
    expect(kinds(order, decided(withdraw(order, moment)))).toEqual([]);
  });

  test("names the granted amount, and the other refunds of the same snapshot in a mail of their own", () => {
    const granting = decided(grant(requested(), { amount: 400, answer: null }));
    const refundMarks = [markOf(refundKey(granting.refundRequest as RefundRequest))];
    const back = (refundedAmount: number) =>
      after(granting, { ...snapshots.partlyRefunded, refundedAmount, refundMarks }).state;
    expect(mailsOf(granting, back(600))).toEqual([
      { kind: "request_granted", amount: 400, answer: null },
      { kind: "refunded", amount: 200, isReturn: false },
    ]);
    // by refunds of others, after which less was left than was granted
    const partly = { ...granting, refundedAmount: 700 };
    const whole = after(partly, snapshots.refunded).state;
    expect(mailsOf(partly, whole)).toMatchObject([{ kind: "request_granted", amount: 300 }]);
  });

  test("has no mail for a change that does not concern the shopper", () => {
    const tried = after(placed(), snapshots.inProgress).state;
    expect(kinds(placed(), tried)).toEqual([]);
    expect(kinds(tried, after(tried, snapshots.declined).state)).toEqual([]);
    const receiptUrl = "https://dashboard.tosspayments.com/receipt";
    expect(kinds(paid(), after(paid(), { ...snapshots.done, receiptUrl }).state)).toEqual([]);
  });

  test("has no mail for integrators' and erased orders, and no name or address in any mail", () => {
    const { state: erased } = Order.erase(paid());
    expect(mailsOf(paid(), erased)).toEqual([]);
    expect(kinds(null, { ...placed(), sessionId: null })).toEqual([]);
    const granting = decided(grant(requested(), { amount: undefined, answer: null }));
    const all = [
      ...mailsOf(null, placed()),
      ...mailsOf(placed(), paid()),
      ...mailsOf(granting, after(granting, snapshots.refunded).state),
    ];
    expect(all).toHaveLength(3);
    expect(JSON.stringify(all)).not.toMatch(/김토스|kim@/);
  });
});
