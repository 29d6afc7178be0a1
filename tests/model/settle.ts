// Settles the world after the faults: late calls and messages arrive, workers and sweeps run when due, and the clock
// advances until nothing is due.
import { nextAtOf } from "@payflow/payment/testing";
import { bringWebhook, takeMessage } from "./mail.ts";
import { BrokenInvariant } from "./invariant.ts";
import { checkPayouts, isAtRest } from "./invariants_at_rest.ts";
import { orderJobs } from "./order_service.ts";
import { send } from "./payment_deps.ts";
import { promised, promisedMs } from "./invariants_in_time.ts";
import { paymentJobs } from "./payment_jobs.ts";
import type { World } from "./world.ts";

/** Enough for the longest schedule of status queries. */
const roundsMax = 300;

export async function settle(world: World): Promise<void> {
  await world.scheduler.drain();
  for (const call of world.stragglers.splice(0)) send(world, call);
  const check = promised(world);
  const promisedAtMs = world.clock.ms() + promisedMs;
  let isChecked = false;
  for (let round = 0; round < roundsMax; round++) {
    await deliver(world);
    await work(world);
    await deliver(world);
    const nowMs = world.clock.ms();
    const isQuietNow = isQuiet(world);
    if (!isChecked && (isQuietNow || nowMs >= promisedAtMs)) {
      isChecked = true;
      check();
    }
    if (isQuietNow && !payOut(world)) return;
    const nextMs = Math.max(1_000, nextDueMs(world) - nowMs);
    const isLater = isChecked || nowMs + nextMs < promisedAtMs;
    await world.scheduler.advance(isLater ? nextMs : promisedAtMs - nowMs);
  }
  throw new BrokenInvariant(`After ${roundsMax} rounds something is still open`);
}

/** Has the bank make all payouts, after a check of what they show; false if there was none. */
function payOut(world: World): boolean {
  const keys = [...world.toss.sessions.values()].flatMap(({ paymentKey, payment }) =>
    payment.payout === null ? [] : paymentKey,
  );
  checkPayouts(world);
  for (const paymentKey of keys) world.toss.payOut(paymentKey, null);
  return keys.length > 0;
}

async function deliver(world: World): Promise<void> {
  const { orderTopic, paymentTopic, scheduler } = world;
  for (;;) {
    orderTopic.publish({ isMarked: true });
    paymentTopic.publish({ isMarked: true });
    if (orderTopic.waiting.length + paymentTopic.waiting.length === 0) return;
    while (orderTopic.waiting.length > 0)
      takeMessage(world, { what: "OrderCreated", at: "payment-0", pick: 0, isDouble: false });
    while (paymentTopic.waiting.length > 0)
      takeMessage(world, { what: "payment events", at: "order-0", pick: 0, isDouble: false });
    await scheduler.drain();
  }
}

async function work(world: World): Promise<void> {
  const { sentWebhooks, hasSweeps, scheduler } = world;
  while (sentWebhooks.length > 0) bringWebhook(world, 0, "comes");
  for (const [job, run] of Object.entries(paymentJobs)) {
    if (job === "transactions" && !hasSweeps) continue;
    world.work("payment-0", job, (where) => run(world, where));
  }
  await scheduler.drain();
  if (!hasSweeps) return;
  for (const [job, run] of Object.entries(orderJobs))
    world.work("order-0", job, (where) => run(world, where));
  await scheduler.drain();
}

function isQuiet(world: World): boolean {
  const { payments, orders, webhooks, orderTopic, paymentTopic } = world;
  return (
    orderTopic.isQuiet() &&
    paymentTopic.isQuiet() &&
    [...webhooks.values()].every(({ isHandled }) => isHandled) &&
    payments.rows.size === orders.rows.size &&
    [...payments.rows.values()].every((payment) => isAtRest(world, payment))
  );
}

/** The next moment at which anything becomes due. */
function nextDueMs({ payments, orders, webhooks, claimedUntil, clock }: World): number {
  const sweepAgainMs = clock.ms() + 60_000;
  const times = [...payments.rows.values()].flatMap((payment) => {
    const nextAt = nextAtOf(payment);
    if (nextAt === null) return [];
    return Math.max(Date.parse(nextAt), Date.parse(claimedUntil.get(payment.orderId) ?? nextAt));
  });
  for (const { isHandled, nextAt } of webhooks.values())
    if (!isHandled) times.push(Date.parse(nextAt));
  if (payments.rows.size < orders.rows.size) times.push(sweepAgainMs);
  return times.length === 0 ? sweepAgainMs : Math.min(...times);
}
