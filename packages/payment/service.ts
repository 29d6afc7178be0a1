import { reconcileDay } from "@payflow/ledger";
import { paymentEventTypes } from "@payflow/shared";
import { isTemporary } from "@payflow/database";
import { sweepProgress } from "@payflow/outbox";
import { messageCalls } from "@payflow/back-office/messages";
import { openService, type Logger, type Service } from "@payflow/shared/http";
import { handleWebhooks } from "./application/handle_webhooks.ts";
import type { PaymentDeps } from "./application/ports.ts";
import { createPspReach } from "./application/psp_reach.ts";
import { receiveWebhook } from "./application/receive_webhook.ts";
import { createSettling } from "./application/settle_due_payments.ts";
import { settleListed, sweepTransactions } from "./application/sweep_transactions.ts";
import type { PaymentConfig } from "./config.ts";
import type { Payment } from "./domain/payment.ts";
import { isOurs, moving } from "./domain/transactions.ts";
import { paymentMigrations } from "./infrastructure/migrations.ts";
import { paymentReads } from "./infrastructure/payment_reads.ts";
import {
  countNeedingReview,
  countPayments,
  observeToss,
  paymentFigures,
} from "./infrastructure/payment_metrics.ts";
import { createPaymentWatch } from "./infrastructure/payment_watch.ts";
import { postgresPayments } from "./infrastructure/postgres_payments.ts";
import { postgresWebhooks, webhookRetention } from "./infrastructure/postgres_webhooks.ts";
import { databaseProof } from "./infrastructure/postgres_proof.ts";
import { tossGateway } from "./infrastructure/toss/toss_gateway.ts";
import { createTossHealth } from "./infrastructure/toss/toss_health.ts";
import { tossProfile } from "./infrastructure/toss/toss_profile.ts";
import { readTossWebhook } from "./infrastructure/toss/toss_webhook.ts";
import { paymentApp } from "./presentation/payment_app.ts";
import { orderCreatedHandler, paymentCalls } from "./presentation/payment_calls.ts";

/** Creates the payment service. Its database must be reachable; Kafka and Toss may become reachable later. */
export async function createPaymentService(
  config: PaymentConfig,
  options: {
    readonly log: Logger;
    /** For tests: replaces the HTTP calls to Toss, and stops between two steps. */
    readonly tossFetch?: (request: Request) => Promise<Response>;
    readonly faultPoint?: PaymentDeps["faultPoint"];
  },
): Promise<Service> {
  const { log } = options;
  const newId = () => Bun.randomUUIDv7();
  const service = await openService({
    ...config,
    ...options,
    name: "payment",
    migrations: await paymentMigrations(),
    figures: paymentFigures,
    retention: [webhookRetention],
  });
  const { db, now, every, faultPoint, metrics, tracer } = service;
  const webhooks = postgresWebhooks(db);
  const watch = createPaymentWatch({
    waitMs: config.confirmWaitMs,
    findNewer: (known) => deps.payments.findMany(known.map(({ orderId }) => orderId)),
    onFault(payment, err) {
      const text = "Toss's response could not be recorded; Toss is queried again";
      log.error({ ...named(payment), err }, text);
    },
    log,
  });
  service.add(watch.worker);
  const proof = databaseProof(db, { log, onUnproven: () => sweep.wake() });
  const reach = createPspReach({
    nowMs: () => performance.now(),
    onChange(isReached) {
      if (isReached) log.info("Toss is reachable again");
      else log.error("Toss is unreachable: this process claims no due work");
    },
  });
  metrics.part("toss", reach.isReached);
  const count = countPayments(metrics);
  const observeCall = observeToss(metrics);
  const tossHealth = createTossHealth();
  const deps = {
    proof,
    isTemporary,
    payments: postgresPayments(db, {
      newId,
      now,
      gatherMax: config.gatherMax,
      onSaved: service.wakeRelay,
      tracer,
      onChanged(payment, events) {
        watch.notify(payment);
        count(payment, events);
      },
    }),
    gateway: tossGateway({
      ...config.toss,
      fetch: options.tossFetch,
      onCall({ isAnswer, ...call }, seconds) {
        reach.record(isAnswer);
        observeCall(call, seconds);
        tossHealth.record(call.outcome, seconds);
      },
      onPool: metrics.pool,
      tracer,
      log,
    }),
    reach,
    moment: () => ({
      now: now(),
      newId,
      reconcileAfterMs: config.reconcileAfterMs,
      callLimitMs: config.toss.timeoutMs,
      psp: tossProfile,
    }),
    awaitOutcome: watch.awaitOutcome,
    onMisconfigured: (payment, code) =>
      log.error({ ...named(payment), code }, "Toss rejects our keys or contract"),
    onFault: (payment, err) => log.warn({ ...named(payment), err }, "not settled, will retry"),
    faultPoint,
    webhooks,
  } satisfies PaymentDeps & { webhooks: typeof webhooks };

  const settling = createSettling(deps);
  every(Math.min(1_000, config.reconcileAfterMs), "reconciler", settling.runOnce);
  const webhookWorkers = [1, 2, 3, 4].map((number) =>
    every(1_000, `webhooks ${number}`, () => handleWebhooks(deps)),
  );
  let rounds = 0;
  let gathering: ReturnType<typeof setTimeout> | undefined;
  const onStored = () => {
    // Toss sends webhooks seconds after the change: those that arrive together are handled by the same statements
    gathering ??= setTimeout(() => {
      gathering = undefined;
      webhookWorkers[rounds++ % webhookWorkers.length]?.wake();
    }, 100);
  };
  const progress = sweepProgress(db, "transactions");
  const sweep = every(config.transactionSweepMs, "transaction sweep", async () => {
    const behind = await sweepTransactions({ ...deps, progress });
    if (behind > 0) log.warn({ behind }, "Toss shows changes of these payments without a webhook");
  });
  every(5_000, "reconciliation", () =>
    reconcileDay(db, {
      list: async (span) => (await deps.gateway.listTransactions(span)).filter(isOurs),
      async moving(listed) {
        const orderIds = listed.flatMap((row) => (row.kind === "cancel" ? row.orderId : []));
        return moving(listed, await deps.payments.findMany([...new Set(orderIds)]));
      },
      settle: (listed) => settleListed(listed, deps),
      onExceptions: (day, count) =>
        log.error({ day, count }, "the ledger and Toss's list differ: see bun run reconcile"),
    }),
  );
  every(10 * 60_000, "manual review", async () => {
    const count = await countNeedingReview(db);
    if (count > 0)
      log.error({ count }, "payments need manual review: bun run reconcile lists them");
  });
  const app = paymentApp([config.eventKeys.current, ...config.eventKeys.accepted], {
    log,
    health: service.health(),
    metrics,
    tracer,
    calls: {
      ...paymentCalls(deps),
      "receive-webhook": async (sent) => ({
        result: await receiveWebhook(sent, { ...deps, readWebhook: readTossWebhook, onStored }),
      }),
      ...messageCalls(db, config.kafka, log),
      ...paymentReads(db, {
        payments: deps.payments,
        listHistory: service.listHistory,
        tossHealth: () => tossHealth.read(reach.isReached()),
      }),
    },
  });

  return service.run(app, {
    origin: "http://payment",
    publishes: paymentEventTypes,
    consumes: ["OrderCreated"],
    handle: orderCreatedHandler(deps),
    onWorkersStopped: settling.drain,
  });
}

/** The ids of a payment in a log line: its order's id, and the paymentKey that was sent to Toss last. */
function named(payment: Pick<Payment, "orderId"> & Partial<Pick<Payment, "attempts">>) {
  return { orderId: payment.orderId, paymentKey: payment.attempts?.at(-1)?.paymentKey };
}
