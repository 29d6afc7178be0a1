import { describe, expect, test } from "bun:test";
import { AppError } from "@payflow/shared";
import { after, applied, moment, placed, snapshots } from "../testing/given.ts";
import { Order } from "../domain/order.ts";
import { request } from "../domain/refund_decisions.ts";
import type { OrderDeps } from "./ports.ts";
import { grantRefundRequest } from "./request_refund.ts";

type Refund = OrderDeps["payments"]["refund"];

/** An order with an open request; records the refund keys that payment gets. */
function withRequest(refund: (call: number) => ReturnType<Refund>) {
  const paid = after(placed(), snapshots.done).state;
  const requested = request(paid, { kind: "other", text: "" }, moment);
  let order = requested?.state as Order;
  const keys: string[] = [];
  const deps = {
    orders: {
      find: async () => order,
      save: async ({ state }: { state: Order }) =>
        state.version === order.version + 1 ? ((order = state), "saved") : "stale",
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
const made = async (part?: 400) => {
  const order = placed();
  const shown = part ? snapshots.partlyRefunded : snapshots.refunded;
  const { state } = applied(order, { ...shown, paymentVersion: 9 });
  return { payment: state.payment, isOpen: false, refusal: null } as never;
};

describe("grantRefundRequest()", () => {
  test("stays granting while the outcome is unknown, and a retry makes the same refund", async () => {
    const { grant, keys, statusNow } = withRequest((call) =>
      call === 1 ? refused("unavailable", "payment_unavailable") : made(),
    );
    await expect(grant()).rejects.toThrow("payment_unavailable");
    expect(statusNow()).toBe("granting");
    await grant();
    expect(statusNow()).toBe("granted");
    expect(new Set(keys).size).toBe(1);
  });

  test("reopens the request after a refusal, although another refund was made in the meantime", async () => {
    const { state } = applied(placed(), { ...snapshots.partlyRefunded, paymentVersion: 9 });
    const refusal = { kind: "invalid", code: "amount_exceeds_balance", message: "", details: {} };
    const { grant, statusNow } = withRequest(
      async () => ({ payment: state.payment, isOpen: false, refusal }) as never,
    );
    await expect(grant(300)).rejects.toMatchObject({ code: "amount_exceeds_balance" });
    expect(statusNow()).toBe("requested");
  });

  test("is granted by the same refund that payment refuses one call and makes for another", async () => {
    let isRefused = () => {};
    const refusedFirst = new Promise<void>((resolve) => (isRefused = resolve));
    const { grant, keys, statusNow } = withRequest(async (call) => {
      if (call === 1) return await refused("conflict", "refund_in_progress");
      await refusedFirst;
      return await made(400);
    });
    const [first, second] = [grant(400).catch(isRefused), grant(400)];
    await Promise.all([first, second]);
    expect(new Set(keys).size).toBe(1);
    expect(statusNow()).toBe("granted");
  });

  test("reopens the request after a refusal, and the next grant makes another refund", async () => {
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
