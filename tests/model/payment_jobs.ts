// Payment's background jobs: Kafka consumer, reconciler, webhook worker and sweep.
import type { OrderCreated } from "@payflow/shared";
import {
  createSettling,
  dismissPayout,
  handleWebhooks,
  openPaymentFor,
  sweepTransactions,
} from "@payflow/payment/testing";
import { paymentDeps } from "./payment_deps.ts";
import type { Where } from "./scheduler.ts";
import type { World } from "./world.ts";

/** Handles one OrderCreated. */
export async function takeOrderCreated(
  world: World,
  where: Where,
  event: OrderCreated,
): Promise<void> {
  const message = { id: event.eventId, topic: event.eventType };
  await openPaymentFor({ facts: event, message }, paymentDeps(world, where));
}

/** An operator has paid the shopper outside Toss. */
export async function dismiss(world: World, where: Where, orderId: string): Promise<void> {
  const { payments, moment } = paymentDeps(world, where);
  for (;;) {
    const loaded = await payments.find(orderId);
    const change = loaded && dismissPayout(loaded, moment());
    if (change === undefined) return;
    // a crash after the save hides its result
    for (const { paymentKey, payout, isPayoutDismissed } of change.state.attempts) {
      if (payout === null) world.paidOutside.delete(paymentKey);
      if (isPayoutDismissed) world.dismissed.add(`${paymentKey} ${payout}`);
    }
    if ((await payments.save(change, { cause: "dismissPayout" })) !== "saved") continue;
    for (const { paymentKey, isPayoutDismissed } of change.state.attempts)
      if (isPayoutDismissed) world.paidOutside.add(paymentKey);
    return;
  }
}

export const paymentJobs = {
  async reconciler(world: World, where: Where) {
    const settling = createSettling(paymentDeps(world, where));
    await settling.runOnce();
    await settling.drain();
  },
  webhooks: (world: World, where: Where) =>
    handleWebhooks({ ...paymentDeps(world, where), webhooks: webhookRepository(world) }),
  transactions: (world: World, where: Where) =>
    sweepTransactions({
      ...paymentDeps(world, where),
      progress: world.progressOf("transactions"),
    }),
};

function webhookRepository({
  webhooks,
  clock,
}: World): Parameters<typeof handleWebhooks>[0]["webhooks"] {
  return {
    async claimDue(limit, holdMs) {
      const due = [...webhooks.values()]
        .filter((webhook) => !webhook.isHandled && webhook.nextAt <= clock.now())
        .slice(0, limit);
      for (const webhook of due) {
        webhook.nextAt = clock.iso(clock.ms() + holdMs);
        webhook.tries += 1;
      }
      return due;
    },
    async markHandled(ids) {
      for (const id of ids) Object.assign(webhooks.get(id) ?? {}, { isHandled: true });
    },
  };
}
