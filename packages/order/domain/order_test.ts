import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { contradicts, OrderEvent, type PaymentSnapshot } from "@payflow/shared";
import {
  after,
  applied,
  moment,
  orderId,
  placed,
  placedAt,
  products,
  snapshot,
  snapshots,
} from "../testing/given.ts";
import { Order } from "./order.ts";
import { quoteItems } from "./product.ts";

const types = (change: { events: readonly { eventType: string }[] }) =>
  change.events.map((event) => event.eventType);

describe("Order.place()", () => {
  test("makes a PENDING order with an expiry, and an event with payment's facts", () => {
    const quote = quoteItems([{ productId: "keycaps", quantity: 2 }], products);
    const input = {
      quote,
      customerName: "김토스",
      customerEmail: "kim@example.com",
      sessionId: null,
    };
    const { state, events } = Order.place(input, {
      ...moment,
      orderId,
      tailLength: 4,
      ttlMs: 60_000,
    });
    expect(state).toMatchObject({ status: "PENDING", version: 1, amount: 78_000, payment: null });
    expect(state.expiresAt).toBe("2026-01-05T05:01:00.000Z");
    expect(events).toMatchObject([
      {
        eventType: "OrderCreated",
        occurredOn: placedAt,
        ...Order.facts(state),
        orderNumber: state.orderNumber,
        items: [{ ...products[1], quantity: 2 }].map(({ currency: _, ...line }) => line),
      },
    ]);
  });

  test("puts no name or e-mail address of the shopper into events", () => {
    const { events } = Order.place(
      {
        quote: { items: [], orderName: "A", amount: 100, taxFreeAmount: 0 },
        customerName: "김토스",
        customerEmail: "kim@example.com",
        sessionId: null,
      },
      { ...moment, orderId, tailLength: 4, ttlMs: 1 },
    );
    expect(JSON.stringify(events)).not.toMatch(/김토스|kim@/);
  });
});

describe("Order.applyPayment()", () => {
  test.each([
    ["declined", "PENDING", []],
    ["inProgress", "PENDING", []],
    ["waiting", "AWAITING_DEPOSIT", []],
    ["done", "CONFIRMED", ["OrderConfirmed"]],
    ["partlyRefunded", "PARTIALLY_REFUNDED", ["OrderRefunded"]],
    ["refunded", "REFUNDED", ["OrderRefunded"]],
    ["canceled", "CANCELED", ["OrderCanceled"]],
    ["expired", "EXPIRED", ["OrderExpired"]],
  ] as const)("a payment that is %s makes an order %s", (name, status, events) => {
    const change = after(placed(), snapshots[name]);
    expect(change.state).toMatchObject({ status, version: 2 });
    expect(types(change)).toEqual([...events]);
  });

  test("ignores a READY payment, unless money came that the order cannot keep", () => {
    const apply = (snapshot: PaymentSnapshot) => Order.applyPayment(placed(), snapshot, moment);
    expect(apply(snapshots.ready)).toBeUndefined();
    for (const news of [{ refunding: true }, { returnedAmount: 100 }])
      expect(apply({ ...snapshots.ready, ...news })?.state.payment).toMatchObject(news);
    expect(() => apply({ ...snapshots.ready, amount: 1 })).toThrow("Cannot apply a payment of 1");
  });

  test.each([
    ["done", 0],
    ["partlyRefunded", 400],
    ["refunded", 1000],
    ["canceled", 0],
    ["expired", 0],
  ] as const)(
    "its event of a payment that is %s states the refunded amount: %d",
    (name, refundedAmount) => {
      const order = placed();
      const [event] = after(order, snapshots[name]).events;
      expect(event && v.parse(OrderEvent, event)).toEqual({
        eventId: expect.any(String),
        eventType: event?.eventType as never,
        occurredOn: moment.now,
        orderId,
        orderNumber: order.orderNumber,
        merchantReference: null,
        amount: 1000,
        refundedAmount,
        currency: "KRW",
      });
    },
  );

  test("sets confirmedAt and refundedAmount for paid orders only", () => {
    for (const from of Object.values(snapshots))
      for (const to of Object.values(snapshots)) {
        const { status, confirmedAt, refundedAmount } = after(
          after(placed(), from).state,
          to,
        ).state;
        const isRefunded = status === "PARTIALLY_REFUNDED" || status === "REFUNDED";
        expect(confirmedAt !== null).toBe(isRefunded || status === "CONFIRMED");
        expect(refundedAmount > 0).toBe(isRefunded);
      }
  });

  test("announces an outcome once, although the payment changes further", () => {
    for (const name of ["done", "refunded", "canceled", "expired"] as const) {
      const first = after(placed(), snapshots[name]).state;
      const receiptUrl = "https://dashboard.tosspayments.com/receipt";
      const more = { ...snapshots[name], receiptUrl, returnedAmount: 1000 };
      expect(after(first, more).events).toEqual([]);
    }
  });

  test("has the same result with and without an earlier snapshot, for every pair of states", () => {
    for (const from of Object.values(snapshots)) {
      for (const to of Object.values(snapshots)) {
        if (contradicts(from, to)) {
          const state = after(placed(), from).state;
          expect(after(state, to).state.payment).toEqual(state.payment);
          continue;
        }
        const direct = after(placed(), to).state;
        const twice = after(after(placed(), from).state, to).state;
        expect(twice.status).toBe(direct.status);
        expect(twice.refundedAmount).toBe(direct.refundedAmount);
      }
    }
  });

  test("returns undefined for an older or repeated snapshot", () => {
    const confirmed = applied(placed(), { ...snapshots.done, paymentVersion: 5 }).state;
    for (const paymentVersion of [1, 4, 5]) {
      const change = Order.applyPayment(
        confirmed,
        { ...snapshots.canceled, paymentVersion },
        moment,
      );
      expect(change).toBeUndefined();
    }
  });

  test("announces each refund once", () => {
    const partly = after(placed(), snapshots.partlyRefunded).state;
    expect(types(after(partly, snapshots.partlyRefunded))).toEqual([]);
    const further = snapshot({
      ...snapshots.partlyRefunded,
      refundedAmount: 700,
      balanceAmount: 300,
    });
    expect(after(partly, further).events).toMatchObject([
      { eventType: "OrderRefunded", refundedAmount: 700 },
    ]);
  });

  test("ignores an older snapshot, even if its status could follow", () => {
    const known = { ...snapshots.waiting, paymentVersion: 5 };
    const older = { ...snapshots.done, paymentVersion: 4 };
    const order = applied(placed(), known).state;
    expect(Order.applyPayment(order, older, moment)).toBeUndefined();
  });

  test("awaits a deposit again after the bank reversed it, and can be confirmed again", () => {
    const confirmed = after(placed(), snapshots.done).state;
    const waiting = after(confirmed, snapshots.waiting);
    expect(waiting.state.status).toBe("AWAITING_DEPOSIT");
    expect(waiting.state.confirmedAt).toBe(null);
    expect(types(after(waiting.state, snapshots.done))).toEqual(["OrderConfirmed"]);
  });

  test("refuses a payment of another order or another amount", () => {
    for (const wrong of [snapshot({ orderId: "another-order" }), snapshot({ amount: 999 })]) {
      expect(() => Order.applyPayment(placed(), wrong, moment)).toThrow(
        expect.objectContaining({ code: "payment_mismatch" }),
      );
    }
  });
});

describe("Order.keptUntil()", () => {
  const until = (name: keyof typeof snapshots) =>
    Order.keptUntil(after(placed(), snapshots[name]).state, placedAt);

  test("is null for an unpaid order", () => {
    expect(Order.keptUntil(placed(), placedAt)).toBeNull();
    for (const name of ["declined", "canceled", "expired"] as const) expect(until(name)).toBeNull();
  });

  test("is in five years once money came, and while it may be on its way", () => {
    for (const name of ["done", "partlyRefunded", "refunded"] as const)
      expect(until(name)).toBe("2031-01-05T05:01:00.000Z");
    for (const name of ["inProgress", "waiting"] as const)
      expect(until(name)).toBe("2031-01-05T05:00:00.000Z");
  });
});

test("Order.asPlaced() is the order as in the first response", () => {
  const order = placed();
  expect(Order.asPlaced(after(order, snapshots.partlyRefunded).state)).toEqual(order);
});

describe("quoteItems()", () => {
  test("merges lines of one product and names the order after the first", () => {
    const lines = [
      { productId: "keycaps", quantity: 1 },
      { productId: "dev-tool", quantity: 2 },
      { productId: "keycaps", quantity: 1 },
    ];
    expect(quoteItems(lines, products)).toMatchObject({
      amount: 80_000,
      orderName: "무각 키캡 세트 외 1건",
      items: [
        { productId: "keycaps", quantity: 2 },
        { productId: "dev-tool", quantity: 2 },
      ],
    });
  });

  test("refuses unknown products, and more than 99 pieces of one product in several lines", () => {
    expect(() => quoteItems([{ productId: "no", quantity: 1 }], products)).toThrow(
      expect.objectContaining({ code: "unknown_product" }),
    );
    const twice = [
      { productId: "dev-tool", quantity: 50 },
      { productId: "dev-tool", quantity: 50 },
    ];
    expect(() => quoteItems(twice, products)).toThrow(
      expect.objectContaining({ code: "invalid_request" }),
    );
  });

  test("keeps an order's name within Toss's hundred characters", () => {
    const long = [
      { productId: "a", name: "가".repeat(120), unitPrice: 1, currency: "KRW" },
      ...products,
    ] as const;
    const { orderName } = quoteItems(
      [
        { productId: "a", quantity: 1 },
        { productId: "keycaps", quantity: 1 },
      ],
      long,
    );
    expect(orderName).toEndWith("… 외 1건");
    expect(orderName.length).toBe(100);
  });
});
