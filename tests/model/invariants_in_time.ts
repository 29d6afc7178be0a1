// The promised time limit: an outcome at Toss shows within 60 seconds after the faults are over.
import { isOpen } from "@payflow/payment/testing";
import { must } from "./invariant.ts";
import { shownBy } from "./invariants_at_rest.ts";
import { held } from "./toss_session.ts";
import type { World } from "./world.ts";

export const promisedMs = 60_000;

/** Notes the open attempts and refunds that have an outcome at Toss; returns the check for after `promisedMs`. */
export function promised(world: World): () => void {
  const { toss, payments, orders } = world;
  const isEnded = (paymentKey: string) => {
    const { status } = toss.sessions.get(paymentKey)?.payment ?? {};
    return !["READY", "IN_PROGRESS", undefined].includes(status);
  };
  const isMade = (orderId: string, mark: string) =>
    world
      .sessionsOf(orderId)
      .some(({ payment }) => payment.cancels.some((one) => one.mark === mark));
  const attempts = [...payments.rows.values()].flatMap((payment) =>
    payment.attempts
      .filter((attempt) => isOpen(attempt) && isEnded(attempt.paymentKey))
      .map(({ paymentKey }) => ({ orderId: payment.orderId, paymentKey })),
  );
  const refunds = [...payments.rows.values()].flatMap(({ orderId, refunds }) =>
    refunds
      .filter((refund) => isOpen(refund) && isMade(orderId, refund.mark))
      .map(({ key }) => ({ orderId, key })),
  );
  return () => {
    for (const { orderId, paymentKey } of attempts) {
      const attempt = payments.rows
        .get(orderId)
        ?.attempts.find((one) => one.paymentKey === paymentKey);
      must(
        attempt !== undefined && !isOpen(attempt),
        `"${paymentKey}" is ${attempt?.status} a minute after Toss was reachable`,
      );
    }
    for (const { orderId, key } of refunds) {
      const refund = payments.rows.get(orderId)?.refunds.find((one) => one.key === key);
      must(
        refund !== undefined && !isOpen(refund),
        `Refund "${key}" is ${refund?.status} a minute after Toss was reachable`,
      );
    }
    // without sweeps no webhook gets lost and no response is stale, so all amounts must agree too
    if (world.hasSweeps || world.hasLied) return;
    for (const order of orders.rows.values()) {
      const payment = payments.rows.get(order.orderId);
      const kept = payment?.kept?.paymentKey;
      const session = toss.sessions.get(kept ?? "");
      const atToss = session ? held(session) : 0;
      must(
        atToss === shownBy(order),
        `A minute after Toss was reachable it holds ${atToss}, but the order shows ${shownBy(order)}`,
      );
    }
  };
}
