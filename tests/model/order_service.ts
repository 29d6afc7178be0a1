// The real order service with the world's stores, without HTTP.
import { AppError, type PaymentEvent } from "@payflow/shared";
import {
  applyPayment,
  cancelOrder,
  confirmOrder,
  createTailLength,
  placeOrder,
  provideRefundAccount,
  refundOrder,
  sweepChanges,
  sweepUnsettled,
  type OrderDeps,
  type RefundCommand,
  sweepFollowed,
  type SweepDeps,
} from "@payflow/order/testing";
import { checkConfirm, checkRefund } from "./invariants_of_answers.ts";
import { paymentService } from "./payment_service.ts";
import type { Replica, Where } from "./scheduler.ts";
import type { World } from "./world.ts";

export const orderAmount = 1000;
export const orderTaxFree = 300;
const orderTtlMs = 45 * 60_000;

/** The payment process that is called, and whether its response waits for Toss. */
export type Route = { readonly to: Replica; readonly isPatient: boolean };

function orderDeps(world: World, where: Where, route: Route): OrderDeps {
  const { orders, clock } = world;
  return {
    orders: {
      isLate: () => false,
      find: orders.find,
      save: orders.saveFrom(where),
      markHandled: orders.markHandledFrom(where),
      findBy: async () => undefined,
      async findClaim({ scope, key }) {
        const claimed = orders.claims.get(`${scope} ${key}`);
        const order = claimed && orders.rows.get(claimed.orderId);
        return claimed && order && { requestHash: claimed.requestHash, order };
      },
    },
    payments: paymentService(world, where, route),
    products: () => [],
    now: clock.now,
    newId: clock.newId,
    tailLength: createTailLength(),
    orderTtlMs,
    faultPoint: () => {},
  };
}

/** A shopper places an order; a second click sends the same key. */
export function place(world: World, where: Where, slot: number) {
  const claim = { scope: "shopper", key: String(slot), requestHash: "same" };
  const customer = { customerName: "김토스", customerEmail: "kim@example.com", sessionId: null };
  const what = {
    orderName: "프리미엄 개발자 도구",
    amount: orderAmount,
    taxFreeAmount: orderTaxFree,
  };
  return placeOrder({ ...what, ...customer, claim }, orderDeps(world, where, patient));
}

export function confirm(
  world: World,
  where: Where,
  command: {
    paymentKey: string;
    orderId: string;
    amount: number;
    route: Route;
  },
) {
  const { route, ...rest } = command;
  const confirmed = confirmOrder(rest, orderDeps(world, where, route));
  return checkConfirm(
    world,
    rest,
    confirmed.then(({ payment }) => payment),
  );
}

export function cancel(world: World, where: Where, command: { orderId: string; route: Route }) {
  const { orderId, route } = command;
  const deps = orderDeps(world, where, route);
  return cancelOrder({ orderId }, deps);
}

export function refund(
  world: World,
  where: Where,
  command: { request: RefundCommand; route: Route },
) {
  const { request } = command;
  const { orderId, account } = request;
  const refunded = refundOrder(request, orderDeps(world, where, command.route));
  const named = account && { orderId, accountNumber: account.accountNumber };
  return checkRefund(world, request, named ? world.naming(named, refunded) : refunded);
}

/** A shopper provides the account for the return of a late deposit. */
export function nameAccount(
  world: World,
  where: Where,
  command: { orderId: string; route: Route },
) {
  const { orderId, route } = command;
  const account = { bank: "20", accountNumber: "999", holderName: "김토스" };
  return world.naming(
    { orderId, accountNumber: account.accountNumber },
    provideRefundAccount({ orderId, account }, orderDeps(world, where, route)),
  );
}

/** Handles one payment event. */
export async function takePaymentEvent(
  world: World,
  where: Where,
  event: PaymentEvent,
): Promise<void> {
  const { eventId, eventType, occurredOn: _, ...snapshot } = event;
  const message = { id: eventId, topic: eventType };
  await applyPayment({ snapshot, cause: eventType, message }, orderDeps(world, where, patient));
}

export const orderJobs = {
  unsettled: (world: World, where: Where) => sweepUnsettled(sweepDeps(world, where)),
  changes: (world: World, where: Where) => sweepChanges(sweepDeps(world, where)),
  followed: (world: World, where: Where) => sweepFollowed(sweepDeps(world, where)),
};

/** Orders that follow a payment, in the order of their newest change. */
const followed = ({ orders, followedAt }: World) =>
  [...orders.rows.values()]
    .filter(({ payment }) => payment !== null)
    .map((order) => ({ ...order, changedAt: followedAt.get(order.orderId) ?? "" }))
    .sort((a, b) => (a.changedAt + a.orderId < b.changedAt + b.orderId ? -1 : 1));

function sweepDeps(world: World, where: Where): SweepDeps {
  const { orders, clock } = world;
  return {
    ...orderDeps(world, where, patient),
    async listUnsettled({ minAgeMs, afterId, limit }) {
      const before = clock.iso(clock.ms() - minAgeMs);
      return [...orders.rows.values()]
        .filter(
          ({ status, createdAt, orderId }) =>
            ["PENDING", "AWAITING_DEPOSIT"].includes(status) &&
            createdAt < before &&
            orderId > afterId,
        )
        .sort((a, b) => (a.orderId < b.orderId ? -1 : 1))
        .slice(0, limit);
    },
    listFollowed: async ({ since, afterId, limit }) =>
      followed(world)
        .filter(
          ({ changedAt, orderId }) =>
            changedAt > since || (changedAt === since && orderId > afterId),
        )
        .slice(0, limit),
    listFollowedBefore: async ({ until, limit }) =>
      followed(world)
        .filter(({ changedAt }) => changedAt <= until)
        .reverse()
        .slice(0, limit),
    followedProgress: world.progressOf("followed"),
    onOrphan: async ({ orderId }) => void world.orphans.add(orderId),
    unsettledAfterMs: 60_000,
    progress: world.progressOf("payments"),
    isTemporary: world.isTemporary,
    onFault: world.onFault,
  };
}

const patient: Route = { to: "payment-0", isPatient: true };
