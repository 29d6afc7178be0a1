// Both services over memory, Toss, and what lies between them.
import { AppError, type OrderEvent, type PaymentEvent } from "@payflow/shared";
import type { Order } from "@payflow/order/testing";
import { createPspReach, type Payment, type PspReach } from "@payflow/payment/testing";
import { createClock } from "./clock.ts";
import { createMemoryStore } from "./memory_store.ts";
import { createScheduler, type Replica, type Where } from "./scheduler.ts";
import { createTopic } from "./topic.ts";
import { createTossModel } from "./toss_model.ts";
import type { CancelRequest, ConfirmRequest, Session } from "./toss_session.ts";

/** A call that its sender has given up, and that Toss may still get. */
export type Straggler =
  | { readonly operation: "confirm"; readonly request: ConfirmRequest }
  | { readonly operation: "cancel"; readonly request: CancelRequest };

export type Hint = {
  readonly id: string;
  readonly paymentKey: string;
  readonly cancelKey: string | null;
  readonly showsPaid: boolean;
  readonly orderId: string;
};

/** What is looked at whenever it happens; it throws when something must not be. */
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

/** What everybody writes who refunds, also by hand in Toss's own console: a reason tells nobody's refund from another's. */
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
  /** What each process knows of Toss's being there. */
  const reaches = new Map<Replica, PspReach>();
  const changedAt = new Map<string, string>();
  const claimedUntil = new Map<string, string>();
  /** What Toss has sent and payment has not got yet. */
  const hints: Hint[] = [];
  /** What payment has stored of it. */
  const webhooks = new Map<string, Hint & { nextAt: string; tries: number; isHandled: boolean }>();
  const stragglers: Straggler[] = [];
  const orderTopic = createTopic<OrderEvent>(orders.outbox);
  const paymentTopic = createTopic<PaymentEvent>(payments.outbox);
  /** Until when each sweep has seen everything; both have been at it for a while. */
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
      hints.push({ id: clock.newId(), paymentKey, cancelKey, showsPaid, orderId });
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
    hints,
    webhooks,
    stragglers,
    toss,
    orderTopic,
    paymentTopic,
    faults,
    /** Toss does not answer, as long as this is so. */
    isTossAway: false,
    /** The accounts that somebody named for a return or a refund of an order, and that were not refused. */
    accounts: [] as NamedAccount[],
    async naming<T>(named: NamedAccount, call: Promise<T>): Promise<T> {
      world.accounts.push(named);
      return await call.catch((error: unknown) => {
        // what became of an unavailable one is open
        if (error instanceof AppError && !world.isPassing(error))
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
    /** Toss has called something declined that it had done: then a shopper may be charged twice for a while. */
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
    /** Starts something in a process. Refusals are fine there; anything else is a fault of the code under test. */
    start(replica: Replica, run: (where: Where) => Promise<unknown>): Where {
      const where = { flow: scheduler.newFlow(), replica };
      run(where).catch((error: unknown) => {
        if (!(error instanceof AppError)) faults.push(error);
      });
      return where;
    },
    /** Starts a worker's round, unless that process is at it. */
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
    isPassing: (error: unknown) => error instanceof AppError && error.kind === "unavailable",
    /** Payments that were rebuilt; where nothing was put back, none may be. */
    /** Counts how often payment's database was put back, and for which of these Toss's list was read to its end. */
    incarnation: 0,
    provenIncarnation: 0,
    isProven: () => world.provenIncarnation === world.incarnation,
    prove(incarnation: number) {
      world.provenIncarnation = incarnation;
    },
    unclaimed: new Set<string>(),
    recoveries: 0,
    /** Payments whose orders were lost, as the sweep found them. */
    orphans: new Set<string>(),
    onRebuilt: () => void (world.recoveries += 1),
    needsReview: () => {
      faults.push(new Error("A payment could not be rebuilt"));
      return true;
    },
    /** What workers say of one order: it must be something that passes. */
    onFault: (_payment: unknown, error: unknown) => {
      if (!world.isPassing(error)) faults.push(error);
    },
  };
  return world;
}
