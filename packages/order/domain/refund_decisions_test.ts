import { describe, expect, test } from "bun:test";
import { markOf } from "@payflow/shared";
import { after, moment, placed, placedAt, snapshots } from "../testing/given.ts";
import { Order } from "./order.ts";
import { mailsOf } from "./order_mails.ts";
import {
  decline,
  grant,
  refundMade,
  refundRefused,
  request,
  withdraw,
} from "./refund_decisions.ts";
import { refundKey, type RefundRequest } from "./refund_request.ts";

const given = { kind: "defective", text: "불량입니다" } as const;
const paid = () => after(placed(), snapshots.done).state;
const decided = (change: { readonly state: Order } | undefined) => {
  if (change === undefined) throw new Error("Nothing was decided");
  return change.state;
};
const requested = () => decided(request(paid(), given, moment));
const granting = (amount?: number) => decided(grant(requested(), { amount, answer: null }));
const requestOf = ({ refundRequest }: Order) => refundRequest as RefundRequest;
const refusal = (code: string) => expect.objectContaining({ code });
const back = (refundedAmount: number, refundMarks: string[] = []) => ({
  ...snapshots.partlyRefunded,
  refundedAmount,
  refundMarks,
  balanceAmount: 1000 - refundedAmount,
});
const markIn = (order: Order) => markOf(refundKey(requestOf(order)));

describe("request()", () => {
  test.each(["done", "partlyRefunded"] as const)("is accepted for an order that is %s", (name) => {
    const order = after(placed(), snapshots[name]).state;
    const state = decided(request(order, given, moment));
    expect(state.version).toBe(order.version + 1);
    expect(state.refundRequest).toMatchObject({ ...given, status: "requested", number: 1 });
  });

  test.each(["ready", "waiting", "refunded", "canceled", "expired"] as const)(
    "is refused for an order that is %s",
    (name) => {
      const order = after(placed(), snapshots[name]).state;
      expect(() => request(order, given, moment)).toThrow(refusal("refund_not_requestable"));
    },
  );

  test("allows one open request: a repetition changes nothing, another one is refused", () => {
    for (const open of [requested(), granting()]) {
      expect(request(open, given, moment)).toBeUndefined();
      const other = { ...given, text: "다른 이유" };
      expect(() => request(open, other, moment)).toThrow(refusal("refund_request_open"));
    }
  });

  test("is accepted again after the previous request has ended, five times in all", () => {
    let order = paid();
    for (let number = 1; number <= 5; number++) {
      order = decided(request(order, given, moment));
      expect(order.refundRequest?.number).toBe(number);
      order = decided(withdraw(order, moment));
    }
    expect(() => request(order, given, moment)).toThrow(refusal("refund_not_requestable"));
  });
});

describe("withdraw() and decline()", () => {
  test("close the request, and change nothing when repeated", () => {
    const withdrawn = decided(withdraw(requested(), moment));
    expect(withdrawn.refundRequest).toMatchObject({ status: "withdrawn", decidedAt: placedAt });
    expect(withdraw(withdrawn, moment)).toBeUndefined();
    const answer = { answer: "개봉하셨습니다" };
    const declined = decided(decline(requested(), answer, moment));
    expect(declined.refundRequest).toMatchObject({ status: "declined", ...answer });
    expect(decline(declined, answer, moment)).toBeUndefined();
  });

  test("are refused while the refund is under way, and without an open request", () => {
    for (const decision of [
      withdraw,
      (order: Order) => decline(order, { answer: "아니요" }, moment),
    ]) {
      expect(() => decision(granting(), moment)).toThrow(refusal("refund_request_granting"));
      expect(() => decision(paid(), moment)).toThrow(refusal("refund_request_not_open"));
    }
  });
});

describe("grant()", () => {
  test("stores a refund of the whole balance, or of a part", () => {
    const part = after(placed(), back(300)).state;
    const order = decided(request(part, given, moment));
    const refundOf = (amount?: number) =>
      requestOf(decided(grant(order, { amount, answer: null }))).refund;
    expect(refundOf()).toEqual({ amount: 700 });
    expect(refundOf(200)).toEqual({ amount: 200 });
    expect(() => refundOf(701)).toThrow(refusal("amount_exceeds_balance"));
  });

  test("keeps the refund that was decided first, and refuses another amount", () => {
    expect(grant(granting(400), { amount: 400, answer: null })).toBeUndefined();
    expect(grant(granting(400), { amount: undefined, answer: null })).toBeUndefined();
    expect(() => grant(granting(400), { amount: 500, answer: null })).toThrow(
      refusal("refund_request_granting"),
    );
  });

  test("is refused after the request has ended", () => {
    const over = decided(withdraw(requested(), moment));
    expect(() => grant(over, { amount: 1, answer: null })).toThrow(
      refusal("refund_request_not_open"),
    );
  });

  test.each([400, 800, 999])("is completed by a snapshot of %p with its refund's mark", (sum) => {
    const order = granting(400);
    const granted = after(order, back(sum, [markOf("another"), markIn(order)])).state;
    expect(requestOf(granted)).toMatchObject({ status: "granted", decidedAt: placedAt });
    expect(grant(granted, { amount: 400, answer: null })).toBeUndefined();
  });

  test.each([399, 400, 500])("is not completed by another refund of %p", (sum) => {
    const other = after(granting(400), back(sum, [markOf("another")])).state;
    expect(requestOf(other).status).toBe("granting");
    expect(requestOf(after(other, back(900, [markIn(other)])).state).status).toBe("granted");
  });

  test("is not needed: a full refund grants any open request", () => {
    expect(requestOf(after(requested(), snapshots.refunded).state).status).toBe("granted");
    expect(requestOf(after(requested(), back(400)).state).status).toBe("requested");
  });
});

describe("refundRefused()", () => {
  test("reopens the request, and the next refund has another key", () => {
    const order = granting();
    const tried = requestOf(order);
    const open = decided(refundRefused(order, tried));
    expect(open.refundRequest).toMatchObject({ status: "requested", refund: null });
    const again = requestOf(decided(grant(open, { amount: undefined, answer: null })));
    expect(again.requestId).toBe(tried.requestId);
    expect(refundKey(again)).not.toBe(refundKey(tried));
  });

  test("leaves the request open to the refused refund, which payment may have made for another call", () => {
    const order = granting(400);
    const open = decided(refundRefused(order, requestOf(order)));
    const made = after(open, back(400, [markIn(order)])).state;
    expect(requestOf(made).status).toBe("granted");
    expect(requestOf(after(open, back(400)).state).status).toBe("requested");
  });

  test("changes nothing after another try has begun, or the refund was made", () => {
    const order = granting();
    const tried = requestOf(order);
    const later = decided(refundRefused(order, tried));
    expect(refundRefused(later, tried)).toBeUndefined();
    expect(refundRefused(after(order, snapshots.refunded).state, tried)).toBeUndefined();
  });
});

describe("refundMade()", () => {
  test("grants the request of this refund, also if it was reopened, with one mail that has the refunded amount", () => {
    const order = granting(400);
    const tried = requestOf(order);
    for (const open of [order, decided(refundRefused(order, tried))]) {
      const state = decided(refundMade(open, tried, moment.now));
      expect(requestOf(state)).toMatchObject({ status: "granted", refund: tried.refund });
      expect(mailsOf(open, state)).toMatchObject([{ kind: "request_granted", amount: 400 }]);
      expect(refundMade(state, tried, moment.now)).toBeUndefined();
    }
  });

  test("leaves a later request alone", () => {
    const order = granting(400);
    const over = decided(refundMade(order, requestOf(order), moment.now));
    const later = decided(request(over, given, moment));
    expect(refundMade(later, requestOf(order), moment.now)).toBeUndefined();
  });
});

test("Order.erase() removes the text of the request and its answer", () => {
  const { state } = Order.erase(decided(decline(requested(), { answer: "김토스 님께" }, moment)));
  expect(state.refundRequest).toMatchObject({ text: "", answer: null, status: "declined" });
});

test("Order.asPlaced() has no request", () => {
  expect(Order.asPlaced(requested()).refundRequest).toBeNull();
});
