// Both services with in-memory stores, the model of Toss, and the topics and webhooks between them.
import { AppError, type OrderEvent, type PaymentEvent } from "@payflow/shared";
import type { Order } from "@payflow/order/testing";
import { createPspReach, type Payment, type PspReach } from "@payflow/payment/testing";
import { createClock } from "./clock.ts";
import { createMemoryStore } from "./memory_store.ts";
import { createScheduler, type Replica, type Where } from "./scheduler.ts";
import { createTopic } from "./topic.ts";
import { createTossModel } from "./toss_model.ts";
import type { CancelRequest, ConfirmRequest, Session } from "./toss_session.ts";

/** A call whose sender timed out; it may still reach Toss. */
export type Straggler =
  | { readonly operation: "confirm"; readonly request: ConfirmRequest }
  | { readonly operation: "cancel"; readonly request: CancelRequest };

export type SentWebhook = {
  readonly id: string;
  readonly paymentKey: string;
  readonly cancelKey: string | null;
  readonly showsPaid: boolean;
  readonly orderId: string;
};

/** Invariants that are checked on each save and each capture; they throw when broken. */
export type Checks = {
  readonly onOrderSave: (
    before: Order | undefined,
    after: Order,
    events: readonly OrderEvent[],
  ) => void;
  readonly onPaymentSave: (
    before: Payment | undefined,
    after: Payment,
    events: readonly PaymentEvent[],
  ) => void;
  readonly onCapture: (session: Session, world: World) => void;
};

/** All refunds have this reason, also those in Toss's console, so a reason cannot identify a refund. */
export const refundReason = "변심";

export type World = ReturnType<typeof createWorld>;

type NamedAccount = { readonly orderId: string; readonly accountNumber: string };

export function createWorld(options: {
  readonly keepsServerErrors: boolean;
  readonly cancelsOverdue: boolean;
  readonly hasSweeps: boolean;
  readonly checks: Checks;
}) {
  const clock = createClock();
  const { checks } = options;
  const faults: unknown[] = [];
  const jobs = new Set<string>();
  const onCrash = (replica: Replica) => {
    for (const job of jobs) if (job.startsWith(replica)) jobs.delete(job);
    reaches.delete(replica);
    orderTopic.giveBack(replica);
    paymentTopic.giveBack(replica);
  };
  const scheduler = createScheduler(clock, onCrash);
  const note = (check: () => void) => {
    try {
      check();
    } catch (error) {
      faults.push(error);
    }
  };
  const orders = createMemoryStore<Order, OrderEvent>(scheduler, (before, after, events) => {
    note(() => checks.onOrderSave(before, after, events));
    followedAt.set(after.orderId, clock.now());
  });
  const payments = createMemoryStore<Payment, PaymentEvent>(scheduler, (before, after, events) => {
    note(() => checks.onPaymentSave(before, after, events));
    changedAt.set(after.orderId, clock.now());
    claimedUntil.delete(after.orderId);
  });
  const followedAt = new Map<string, string>();
  /** Each process's own view of whether Toss is reachable. */
  const reaches = new Map<Replica, PspReach>();
  const changedAt = new Map<string, string>();
  const claimedUntil = new Map<string, string>();
  /** Webhooks that Toss has sent and payment has not received. */
  const sentWebhooks: SentWebhook[] = [];
  /** Webhooks that payment has stored. */
  const webhooks = new Map<
    string,
    SentWebhook & { nextAt: string; tries: number; isHandled: boolean }
  >();
  const stragglers: Straggler[] = [];
  const orderTopic = createTopic<OrderEvent>(orders.outbox);
  const paymentTopic = createTopic<PaymentEvent>(payments.outbox);
  /** Each sweep's cursor; all of them are at the start time. */
  const sweeps = new Map([
    ["payments", clock.now()],
    ["followed", clock.now()],
    ["transactions", clock.now()],
  ]);
  const toss = createTossModel({
    clock,
    ...options,
    onChange: ({ paymentKey, orderId, payment }) => {
      const cancelKey = payment.cancels.at(-1)?.transactionKey ?? null;
      const showsPaid = payment.status === "DONE";
      sentWebhooks.push({ id: clock.newId(), paymentKey, cancelKey, showsPaid, orderId });
    },
    onCapture: (session) => note(() => checks.onCapture(session, world)),
  });

  const world = {
    hasSweeps: options.hasSweeps,
    clock,
    scheduler,
    orders,
    payments,
    changedAt,
    followedAt,
    claimedUntil,
    sentWebhooks,
    webhooks,
    stragglers,
    toss,
    orderTopic,
    paymentTopic,
    faults,
    /** While true, Toss does not answer. */
    isTossAway: false,
    /** Accounts provided for a return or a refund of an order, without those that were rejected. */
    accounts: [] as NamedAccount[],
    async naming<T>(named: NamedAccount, call: Promise<T>): Promise<T> {
      world.accounts.push(named);
      return await call.catch((error: unknown) => {
        // after an "unavailable" error the account may have been stored
        if (error instanceof AppError && !world.isTemporary(error))
          world.accounts.splice(world.accounts.indexOf(named), 1);
        throw error;
      });
    },
    reachOf(replica: Replica): PspReach {
      const known = reaches.get(replica);
      const reach = known ?? createPspReach({ nowMs: clock.ms });
      reaches.set(replica, reach);
      return reach;
    },
    /** Payouts that operators dismissed, by paymentKey and status. */
    dismissed: new Set<string>(),
    /** paymentKeys whose refund an operator paid outside Toss, and whose payout by Toss was not dismissed since. */
    paidOutside: new Set<string>(),
    /** Toss reported a call as declined after it took effect; a shopper may then be charged twice for a while. */
    hasLied: false,

    sessionsOf: (orderId: string): Session[] =>
      [...toss.sessions.values()].filter((session) => session.orderId === orderId),
    progressOf: (sweep: string) => ({
      read: async () => sweeps.get(sweep),
      async advance(doneUntil: string) {
        if (doneUntil > (sweeps.get(sweep) ?? "")) sweeps.set(sweep, doneUntil);
      },
      async goBack(doneUntil: string) {
        if (doneUntil < (sweeps.get(sweep) ?? "")) sweeps.set(sweep, doneUntil);
      },
    }),
    /** Starts a flow in a process. An `AppError` is allowed; any other error is a defect of the code under test. */
    start(replica: Replica, run: (where: Where) => Promise<unknown>): Where {
      const where = { flow: scheduler.newFlow(), replica };
      run(where).catch((error: unknown) => {
        if (!(error instanceof AppError)) faults.push(error);
      });
      return where;
    },
    /** Starts one run of a job, unless the process already runs that job. */
    work(
      replica: Replica,
      job: string,
      run: (where: Where) => Promise<unknown>,
    ): Where | undefined {
      const name = `${replica} ${job}`;
      if (jobs.has(name)) return undefined;
      jobs.add(name);
      return world.start(replica, (where) => run(where).finally(() => jobs.delete(name)));
    },
    isTemporary: (error: unknown) => error instanceof AppError && error.kind === "unavailable",
    /** The run of payment's database server, and the run for which Toss's list was read to its end. */
    incarnation: 0,
    provenIncarnation: 0,
    isProven: () => world.provenIncarnation === world.incarnation,
    prove(incarnation: number) {
      world.provenIncarnation = incarnation;
    },
    unclaimed: new Set<string>(),
    /** Payments without an order, as reported by the sweep. */
    orphans: new Set<string>(),
    needsReview: () => {
      faults.push(new Error("A payment could not be rebuilt"));
      return true;
    },
    /** A worker's error for one order; only temporary errors are allowed. */
    onFault: (_payment: unknown, error: unknown) => {
      if (!world.isTemporary(error)) faults.push(error);
    },
  };
  return world;
}
