import { expect, test } from "bun:test";
import * as v from "valibot";
import { CartOrder, PricedOrder } from "./api_schemas.ts";

test("orders store names in NFC, and e-mail addresses in the form that mail servers accept", () => {
  const items = [{ productId: "dev-tool", quantity: 1 }];
  const order = (customerName: string, customerEmail: string) =>
    v.safeParse(CartOrder, { items, customerName, customerEmail });
  expect(order("김토스".normalize("NFD"), "o'brien@my--shop.com").output).toEqual({
    items,
    customerName: "김토스",
    customerEmail: "o'brien@my--shop.com",
  });
  expect(order("김토스", "kim@도메인.한국").output).toMatchObject({
    customerEmail: "kim@xn--hq1bm8jm9l.xn--3e0b707e",
  });
  expect(order("김\u202e토스", "kim@example.com").success).toBe(false);
});

test("orders accept names of up to 100 characters, as the pages and Toss do", () => {
  const customerEmail = "kim@example.com";
  const items = [{ productId: "dev-tool", quantity: 1 }];
  for (const [length, taken] of [
    [100, true],
    [101, false],
  ] as const) {
    const customer = { customerName: "가".repeat(length), customerEmail };
    expect(v.is(CartOrder, { items, ...customer })).toBe(taken);
    const priced = { orderName: "책상", amount: 1000, ...customer };
    expect(v.is(PricedOrder, priced)).toBe(taken);
  }
});

test("metadata is equal in any order of its names, so that a call may be repeated", () => {
  const customer = { customerName: "김토스", customerEmail: "kim@example.com" };
  const parsed = (metadata: Record<string, string>) =>
    JSON.stringify(
      v.parse(PricedOrder, { orderName: "책상", amount: 1000, ...customer, metadata }),
    );
  expect(parsed({ cart: "7f3a", 담당: "김", a: "1" })).toBe(
    parsed({ 담당: "김", a: "1", cart: "7f3a" }),
  );
});
