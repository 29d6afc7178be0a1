import { describe, expect, test } from "bun:test";
import { AppError } from "@payflow/shared";
import { after, applied, moment, placed, snapshots } from "../testing/given.ts";
import { Order } from "../domain/order.ts";
import { request } from "../domain/refund_decisions.ts";
import type { OrderDeps } from "./ports.ts";
import { grantRefundRequest } from "./request_refund.ts";

type Refund = OrderDeps["payments"]["refund"];

/** An order with an open request, and what grants of it send to payment. */
function withRequest(refund: (call: number) => ReturnType<Refund>) {
  const paid = after(placed(), snapshots.done).state;
  const requested = request(paid, { kind: "other", text: "" }, moment);
  let order = requested?.state as Order;
  const keys: string[] = [];
  const deps = {
    orders: {
      find: async () => order,
      save: async ({ state }: { state: Order }) => ((order = state), "saved" as const),
    },
    payments: {
      refund(command: { key: string }) {
        keys.push(command.key);
        return refund(keys.length);
      },
    },
    now: () => moment.now,
    newId: moment.newId,
    faultPoint: () => {},
  } as unknown as OrderDeps;
  const grant = (amount?: number) =>
    grantRefundRequest({ orderId: order.orderId, amount, answer: null }, deps);
  return { grant, keys, statusNow: () => order.refundRequest?.status };
}

const refused = (kind: "unavailable" | "conflict", code: string) =>
  Promise.reject(new AppError(kind, code, code));
const made = async () => {
  const order = placed();
  const { state } = applied(order, { ...snapshots.refunded, paymentVersion: 9 });
  return { payment: state.payment, isOpen: false, refusal: null } as never;
};

describe("grantRefundRequest()", () => {
  test("stays granting while it is unknown whether payment has the refund; repeating it is the same refund", async () => {
    const { grant, keys, statusNow } = withRequest((call) =>
      call === 1 ? refused("unavailable", "payment_unavailable") : made(),
    );
    await expect(grant()).rejects.toThrow("payment_unavailable");
    expect(statusNow()).toBe("granting");
    await grant();
    expect(statusNow()).toBe("granted");
    expect(new Set(keys).size).toBe(1);
  });

  test("is open again after a refusal, and the next grant is another refund", async () => {
    const { grant, keys, statusNow } = withRequest((call) =>
      call === 1 ? refused("conflict", "payment_not_refundable") : made(),
    );
    await expect(grant()).rejects.toThrow("payment_not_refundable");
    expect(statusNow()).toBe("requested");
    await grant();
    expect(statusNow()).toBe("granted");
    expect(new Set(keys).size).toBe(2);
  });
});
