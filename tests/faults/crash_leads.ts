import { expect } from "bun:test";
import { eventually } from "@payflow/local-stack/testing";
import type { Authenticated, OrderAnswer } from "../shopper.ts";
import type { CrashStack } from "./crash_stack.ts";

/** Actions that bring a service to its fault point; returns the order. The crash may cut off the calls. */
export type Lead = (stack: CrashStack) => Promise<OrderAnswer>;

export const won = 39_000;
/** The refunded part, under one key. */
export const part = 9_000;
export const refund = { reason: "변심", amount: part };
export const refundKey = "the-one-refund";
const cart = [{ productId: "keycaps", quantity: 1 }];
const account = { bank: "20", accountNumber: "1002123456789", holderName: "김토스" };

/** Ends all faults of Toss. */
export async function queriesAnswered({ sandboxUrl }: CrashStack): Promise<void> {
  await fetch(`${sandboxUrl}/_sandbox/faults`, { method: "DELETE" });
}

/** Ignores an error of a call that the crash may cut off. */
async function cutOff(call: Promise<unknown>): Promise<void> {
  await call.catch(() => {});
}

/**
 * Retries a call that a busy machine rejects, because then nothing is open that could reach the fault point. Does not
 * retry after the crash: from there the services must recover alone.
 */
async function taken(stack: CrashStack, call: () => Promise<Response>): Promise<void> {
  await eventually(
    async () => {
      const answer = await call().catch(() => undefined);
      if (answer === undefined || answer.ok) return;
      // a service that was just killed causes the same error
      await Bun.sleep(200);
      if (!stack.hasDied()) throw new Error(`refused: ${await answer.text()}`);
    },
    { timeoutMs: 60_000, pauseMaxMs: 1_000 },
  );
}

/** Pays by card; `confirm` is the sandbox's fault for it. */
export const pays =
  (confirm?: unknown): Lead =>
  async (stack) => {
    const { shopper } = stack;
    const order = await shopper.place(cart);
    const key = await shopper.authenticate(order, { confirm });
    await taken(stack, () => shopper.confirm(key));
    return order;
  };

/** Pays by card; the response and the webhook get lost and the first query fails, so a scheduled query finds it. */
export const paysWithoutResponse: Lead = async (stack) => {
  await stack.shopper.sandbox("/_sandbox/webhooks", { drop: true });
  const failure = { operation: "find", fault: "error_before", times: 1 };
  await stack.shopper.sandbox("/_sandbox/faults", failure);
  return await pays({ fault: "lose_response" })(stack);
};

/** Pays by card, and waits until the order is CONFIRMED. */
async function paid(stack: CrashStack): Promise<OrderAnswer> {
  const { orderId } = await pays()(stack);
  return await stack.shopper.becomes(orderId, "CONFIRMED");
}

/** The approval comes after the order was cancelled. */
export const paysTooLate: Lead = async (stack) => {
  const { shopper } = stack;
  const order = await shopper.place(cart);
  const key = await shopper.authenticate(order);
  const confirm = stack.holdConfirms();
  await taken(stack, () => shopper.confirm(key));
  await confirm.arrived;
  await taken(stack, () => shopper.cancel(order.orderId));
  confirm.release();
  return order;
};

async function getsAccount(stack: CrashStack) {
  const { shopper } = stack;
  const order = await shopper.place(cart);
  const method = "VIRTUAL_ACCOUNT";
  const confirmed = await shopper.authenticate(order, { method });
  await taken(stack, () => shopper.confirm(confirmed));
  await shopper.becomes(order.orderId, "AWAITING_DEPOSIT");
  return { order, confirmed };
}

export const deposits: Lead = async (stack) => {
  const { order, confirmed } = await getsAccount(stack);
  await deposit(stack, confirmed);
  return order;
};

async function deposit({ shopper }: CrashStack, { paymentKey }: Authenticated) {
  await shopper.sandbox(`/_sandbox/payments/${paymentKey}/deposit`, {});
}

/** Refunds a part; `fault` is the sandbox's fault for the cancel. */
export const refunds =
  (fault?: string): Lead =>
  async (stack) => {
    const { shopper } = stack;
    const order = await paid(stack);
    const { orderId } = order;
    if (fault !== undefined)
      await shopper.sandbox("/_sandbox/faults", { operation: "cancel", fault, times: 1, orderId });
    await taken(stack, () => shopper.refund(orderId, refund, refundKey));
    return order;
  };
/**
 * Refunds a part; the response and the webhook get lost. Queries fail until `endsAnswered`: on a slow machine the
 * approval's scheduled query would show the refund before its call is resent.
 */
export const refundsWithoutResponse: Lead = async (stack) => {
  const { shopper } = stack;
  await shopper.sandbox("/_sandbox/webhooks", { drop: true });
  const order = await paid(stack);
  const { orderId } = order;
  await shopper.sandbox("/_sandbox/faults", [
    { operation: "cancel", fault: "lose_response", times: 1, orderId },
    { operation: "find", fault: "error_before", orderId },
  ]);
  await taken(stack, () => shopper.refund(orderId, refund, refundKey));
  return order;
};

/** Payment's database lost the payment, and the merchant retries a partial refund until it succeeds. */
export const refundsLost: Lead = async ({ shopper, payment }) => {
  const order = await shopper.place(cart);
  const { orderId } = order;
  const key = await shopper.authenticate(order);
  await eventually(async () => {
    await cutOff(shopper.confirm(key));
    expect((await shopper.get(orderId)).status).toBe("CONFIRMED");
  });
  await payment`
    with row as (delete from payments where id = ${orderId}),
      deleted as (delete from events where aggregate_id = ${orderId}),
      waiting as (delete from waiting_events where aggregate_id = ${orderId})
    delete from history where aggregate_id = ${orderId}`;
  await eventually(
    async () => {
      const answer = await shopper.refund(orderId, refund, refundKey);
      expect(answer.ok ? answer.status : await answer.text()).toBe(200);
    },
    { timeoutMs: 60_000 },
  );
  return order;
};

/** Toss approves an attempt that payment does not know; a webhook reports it. */
export const paysByLostAttempt: Lead = async ({ shopper, payment }) => {
  const order = await shopper.place(cart);
  await eventually(async () => {
    const rows = await payment`
      select from payments where id = ${order.orderId}`;
    expect(rows).toHaveLength(1);
  });
  await shopper.approveAtToss(await shopper.authenticate(order));
  return order;
};

/** The merchant refunds a part in Toss's console, and no webhook reports it. */
export const refundsByHand: Lead = async (stack) => {
  const { shopper } = stack;
  await shopper.sandbox("/_sandbox/webhooks", { drop: true });
  const order = await paid(stack);
  const [held] = await shopper.heldByToss(order.orderId);
  await shopper.sandbox(`/_sandbox/payments/${held?.paymentKey}/cancel`, {
    cancelReason: "전화로 요청",
    cancelAmount: part,
  });
  return order;
};

/** A deposit arrives for an order that is cancelled before a query shows it; the shopper provides an account. */
export const depositsTooLate: Lead = async (stack) => {
  const { shopper } = stack;
  await shopper.sandbox("/_sandbox/webhooks", { drop: true });
  const order = await shopper.place(cart);
  const { orderId } = order;
  const method = "VIRTUAL_ACCOUNT";
  const key = await shopper.authenticate(order, { method });
  // on a slow machine a scheduled query would show the deposit before the order is cancelled
  await shopper.sandbox("/_sandbox/faults", [
    { operation: "confirm", fault: "lose_response", times: 1, orderId },
    { operation: "find", fault: "error_before", orderId },
  ]);
  await taken(stack, () => shopper.confirm(key));
  await eventually(() => deposit(stack, key));
  await taken(stack, () => shopper.cancel(orderId));
  await queriesAnswered(stack);
  await eventually(
    async () => {
      const [row] = await stack.order`
        select payment->'refundAccountNeeded' as needed from orders where id = ${orderId}`;
      expect(row?.["needed"]).toBe(true);
    },
    { timeoutMs: 60_000 },
  );
  // a busy machine may reject the form at first; 409: it was accepted before
  await eventually(async () => {
    const { status } = await fetch(`${stack.url}/orders/${orderId}/refund-account`, {
      method: "POST",
      headers: shopper.sessionOf(orderId),
      body: new URLSearchParams(account),
      redirect: "manual",
    });
    expect([200, 303, 409]).toContain(status);
  });
  return order;
};

/** Places one order under a fixed Idempotency-Key. */
export async function placeUnderKey({ url }: CrashStack): Promise<OrderAnswer> {
  const response = await fetch(`${url}/api/orders`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": "the-one-order" },
    body: JSON.stringify({ items: cart, customerName: "김토스", customerEmail: "kim@example.com" }),
  });
  expect(response.status).toBe(201);
  return (await response.json()) as OrderAnswer;
}

/** The crash may cut off the response; `placeUnderKey` then returns the order's id. */
export const places: Lead = async (stack) => {
  const placing = placeUnderKey(stack);
  await cutOff(placing);
  return await placing.catch(() => ({}) as OrderAnswer);
};

/** Grants the refund request of an order, in part. */
export const grant = ({ shopper }: CrashStack, orderId: string) =>
  shopper.asMerchant(`/api/orders/${orderId}/refund-request/grant`, { amount: part });

export const grants: Lead = async (stack) => {
  const order = await paid(stack);
  const path = `/api/orders/${order.orderId}/refund-request`;
  await taken(stack, () => stack.shopper.asMerchant(path, { kind: "defective" }));
  await taken(stack, () => grant(stack, order.orderId));
  return order;
};

export const cancelsUnpaid: Lead = async (stack) => {
  const order = await stack.shopper.place(cart);
  await taken(stack, () => stack.shopper.cancel(order.orderId));
  return order;
};

export const cancelsAccount: Lead = async (stack) => {
  const { order } = await getsAccount(stack);
  await taken(stack, () => stack.shopper.cancel(order.orderId));
  return order;
};

export const placesOnly: Lead = ({ shopper }) => shopper.place(cart);
