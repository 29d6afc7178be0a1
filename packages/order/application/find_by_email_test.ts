import { describe, expect, test } from "bun:test";
import { orderId, placed } from "../testing/given.ts";
import { Order } from "../domain/order.ts";
import { answerMs, findByEmail } from "./find_by_email.ts";

const order = placed();
const email = order.customerEmail;

function search(given: { orderNumber: string; email: string }, known: Order = order) {
  const waits: number[] = [];
  const compared: string[] = [];
  const found = findByEmail(given, {
    findOrder: async (number) => (number === known.orderId ? known : undefined),
    pause: async (ms) => void waits.push(ms),
    isSame: (a, b) => (compared.push(a), a === b),
  });
  return { found, waits, compared };
}

describe("findByEmail()", () => {
  test("finds an order by its number and address, case-insensitively", async () => {
    for (const typed of [email, email.toUpperCase()])
      expect(await search({ orderNumber: orderId, email: typed }).found).toBe(order);
  });

  test("gives the same response for another address and for an unknown order, after the same time and steps", async () => {
    const cases = [
      { orderNumber: orderId, email: "other@example.com" },
      { orderNumber: "unknown", email },
      { orderNumber: orderId, email },
    ];
    for (const given of cases) {
      const { found, waits, compared } = search(given);
      const isRight = given === cases[2];
      expect(await found).toBe(isRight ? order : undefined);
      expect(waits).toEqual([answerMs]);
      expect(compared).toHaveLength(1);
    }
  });

  test("finds no order whose customer was erased", async () => {
    const { state } = Order.erase(Order.erase(order).state);
    for (const typed of [email, ""])
      expect(await search({ orderNumber: orderId, email: typed }, state).found).toBeUndefined();
  });
});
