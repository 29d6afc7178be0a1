import { expect, test } from "bun:test";
import * as v from "valibot";
import { CartOrder, PricedOrder } from "./order_input.ts";

test("orders take names of up to 100 characters, as the pages and Toss do", () => {
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
