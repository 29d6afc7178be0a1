import { expect, test } from "bun:test";
import { UserError } from "@payflow/local-stack";
import { scenarios } from "./scenarios.ts";

test("late-approval also waits while payment does not know the order", async () => {
  const calls: string[] = [];
  const notYet = new UserError("The order service refused (404 payment_not_found): (yet)");
  const answers = [notYet, { status: "READY" }, { status: "IN_PROGRESS" }];
  const shop = {
    url: "http://shop.example",
    async call<T>(route: string) {
      calls.push(route);
      const body = route.startsWith("GET") ? answers.shift() : { status: "CANCELED" };
      if (body instanceof Error) throw body;
      return { status: 200, body: body as T };
    },
  };
  const sandbox = {
    url: "http://sandbox.example",
    call: async <T>(route: string) =>
      (route.startsWith("GET")
        ? { status: "CANCELED", balanceAmount: 0 }
        : { paymentKey: "tgen_1" }) as T,
  };
  const order = { orderId: "o-1", orderName: "Test", amount: 15_000, status: "PENDING" };
  const scene = { shop, sandbox, order, payment: undefined, did: async () => {} };
  expect(await scenarios["late-approval"].run(scene as never)).toBe("tgen_1");
  expect(answers).toEqual([]);
  expect(calls.at(-1)).toBe("POST /api/orders/o-1/cancel");
});
