import { expect } from "bun:test";
import type { OrderStatus } from "@payflow/shared";
import { eventually } from "@payflow/local-stack/testing";
import type { OrderAnswer } from "../shopper.ts";
import {
  grant,
  part,
  placeUnderKey,
  queriesAnswered,
  refund,
  refundKey,
  won,
} from "./crash_leads.ts";
import type { CrashStack } from "./crash_stack.ts";

/** Waits for the outcome that the restarted service must reach. */
export type End = (stack: CrashStack, order: OrderAnswer) => Promise<void>;

/** Twice the slowest case on an idle machine: a lease of 15 s, then the next query. */
const withinMs = 40_000;

type Wanted = { status: OrderStatus; held: number; approvals: number };
export const isConfirmed: Wanted = { status: "CONFIRMED", held: won, approvals: 1 };
export const isPartlyRefunded: Wanted = {
  status: "PARTIALLY_REFUNDED",
  held: won - part,
  approvals: 1,
};
export const isCanceled: Wanted = { status: "CANCELED", held: 0, approvals: 0 };
export const isSentBack: Wanted = { status: "CANCELED", held: 0, approvals: 1 };
export const isExpired: Wanted = { status: "EXPIRED", held: 0, approvals: 0 };

/** Waits until the order has the status, and Toss the held amount and number of approvals. */
async function settles(stack: CrashStack, orderId: string, wanted: Wanted): Promise<void> {
  const { shopper } = stack;
  await eventually(
    async () => {
      const order = await shopper.get(orderId);
      const rows = await shopper.heldByToss(orderId);
      const sum = (of: (row: (typeof rows)[number]) => number) =>
        rows.reduce((total, row) => total + of(row), 0);
      const found = {
        status: order.status,
        held: sum((row) => (row.approvals > 0 ? row.balanceAmount : 0)),
        approvals: sum((row) => row.approvals),
      };
      expect(found).toEqual(wanted);
    },
    { timeoutMs: withinMs, what: `order ${orderId} to settle` },
  );
}

/** The order settles in this state. */
export const ends =
  (wanted: Wanted): End =>
  (stack, { orderId }) =>
    settles(stack, orderId, wanted);

/** The refund is made once, and repeating its key returns it. */
export const endsRefunded: End = async (stack, { orderId }) => {
  await settles(stack, orderId, isPartlyRefunded);
  await eventually(
    async () => {
      const again = await stack.shopper.refund(orderId, refund, refundKey);
      expect(again.status).toBe(200);
    },
    { timeoutMs: withinMs },
  );
  await settles(stack, orderId, isPartlyRefunded);
};

/** Reaches its outcome after Toss responds to status queries again. */
export const endsAnswered =
  (end: End): End =>
  async (stack, order) => {
    await queriesAnswered(stack);
    await end(stack, order);
  };

/** The refund request is granted with one refund, even if it is granted again. */
export const endsGranted: End = async (stack, { orderId }) => {
  const grantedAgain = async () => {
    const again = await grant(stack, orderId);
    expect(await again.json()).toMatchObject({ refundRequest: { status: "granted" } });
  };
  await eventually(grantedAgain, { timeoutMs: withinMs });
  await settles(stack, orderId, isPartlyRefunded);
  await grantedAgain();
  await settles(stack, orderId, isPartlyRefunded);
};

/** One order exists, its event was published and took effect once, and it can be paid. */
export const endsPayable: End = async (stack, placed) => {
  const order = await placeUnderKey(stack);
  if ("orderId" in placed) expect(order.orderId).toBe(placed.orderId);
  const orders = await stack.order<{ id: string }[]>`select id from orders`;
  expect(orders.map((each) => each.id)).toEqual([order.orderId]);
  await eventually(
    async () => {
      const waiting = await stack.order`
        select 1 from waiting_events`;
      expect(waiting).toHaveLength(0);
      const taken = await stack.payment`
        select 1 from inbox where topic = 'OrderCreated'`;
      expect(taken).toHaveLength(1);
    },
    { timeoutMs: withinMs, what: "OrderCreated to be taken" },
  );
  const key = await stack.shopper.authenticate(order);
  await stack.shopper.confirm(key);
  await settles(stack, order.orderId, isConfirmed);
};
