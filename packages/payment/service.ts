import { paymentEventTypes } from "@payflow/shared";
import {
  connectKafka,
  createEventConsumer,
  createEventProducer,
  createOutboxRelay,
  createWorker,
  eventSignatures,
  keepTopics,
  listHistory,
  isPassing,
  messageRetention,
  pruneOnce,
  startDatabase,
  sweepProgress,
} from "@payflow/outbox";
import { withAbsoluteUrl, writeCheck, type Logger, type Service } from "@payflow/shared/http";
import { createAwaitOutcome } from "./application/await_outcome.ts";
import { handleWebhooks } from "./application/handle_webhooks.ts";
import type { PaymentDeps } from "./application/ports.ts";
import { createSettling } from "./application/settle_due_payments.ts";
import { sweepTransactions } from "./application/sweep_transactions.ts";
import type { PaymentConfig } from "./config.ts";
import { paymentMigrations } from "./infrastructure/migrations.ts";
import { countNeedingPerson, paymentMetrics } from "./infrastructure/payment_metrics.ts";
import { createPaymentWatch } from "./infrastructure/payment_watch.ts";
import type { PaymentTables } from "./infrastructure/payment_tables.ts";
import {
  findNewerPayments,
  findPayments,
  listChangedPayments,
  noteRecovery,
  postgresPayments,
} from "./infrastructure/postgres_payments.ts";
import { postgresWebhooks, webhookRetention } from "./infrastructure/postgres_webhooks.ts";
import { databaseProof } from "./infrastructure/postgres_proof.ts";
import { createPspReach } from "./infrastructure/psp_reach.ts";
import { tossGateway } from "./infrastructure/toss/toss_gateway.ts";
import { tossProfile } from "./infrastructure/toss/toss_profile.ts";
import { consumedTopics, orderEventConsumer } from "./presentation/order_event_consumer.ts";
import { paymentApp } from "./presentation/payment_app.ts";

export type PaymentServiceOptions = {
  readonly log: Logger;
  /** For tests: another way to Toss, and a stop between two steps. */
  readonly tossFetch?: (request: Request) => Promise<Response>;
  readonly faultPoint?: PaymentDeps["faultPoint"];
};

/** The payment service, wired. Its database must be reachable to create it; Kafka and Toss may come later. */
export async function createPaymentService(
  config: PaymentConfig,
  options: PaymentServiceOptions,
): Promise<Service> {
  const { log } = options;
  const newId = () => Bun.randomUUIDv7();
  const { database, clock } = await startDatabase<PaymentTables>({
    url: config.databaseUrl,
    applicationName: "payflow-payment",
    migrations: await paymentMigrations(),
    log,
  });
  const db = database.kysely;
  const plainDb = db as never;
  const kafka = connectKafka(config.kafka, log);
  const producer = createEventProducer(kafka, config.kafka.prefix);
  const signatures = eventSignatures(config.internalKeys);
  const faultPoint = options.faultPoint ?? (() => {});
  const relay = createOutboxRelay({
    db: plainDb,
    producer,
    signatures,
    holder: crypto.randomUUID(),
    log,
    faultPoint,
  });

  const webhooks = postgresWebhooks(db);
  const watch = createPaymentWatch((known) => findNewerPayments(db, known), log);
  const proof = databaseProof(db, { log, onUnproven: () => sweep.wake() });
  const reach = createPspReach({
    nowMs: () => performance.now(),
    onChange: (isReached) =>
      isReached
        ? log.info("Toss can be reached again")
        : log.error("Toss can't be reached: nothing due is claimed here"),
  });
  const deps: PaymentDeps & { webhooks: typeof webhooks } = {
    proof,
    payments: postgresPayments(db, {
      newId,
      now: clock.now,
      gatherMax: config.gatherMax,
      onSaved: () => relay.wake(),
      onChanged: watch.notify,
    }),
    gateway: tossGateway(
      {
        ...config.toss,
        ...(options.tossFetch ? { fetch: options.tossFetch } : {}),
        onHeard: reach.heard,
      },
      log,
    ),
    reach,
    moment: () => ({
      now: clock.now(),
      newId,
      reconcileAfterMs: config.reconcileAfterMs,
      callLimitMs: config.toss.timeoutMs,
      psp: tossProfile,
    }),
    awaitOutcome: createAwaitOutcome({
      watch,
      waitMs: config.confirmWaitMs,
      onFault: (orderId, err) =>
        log.error({ orderId, err }, "Toss's response is not recorded yet; it is queried again"),
    }),
    onMisconfigured: (orderId, code) =>
      log.error({ orderId, code }, "Toss does not take our keys or contract"),
    onRecovery: async ({ orderId, doubt, isHealed }) => {
      await noteRecovery(db, { orderId, doubt, isHealed });
      const found = { orderId, doubt };
      if (isHealed)
        log.warn(found, "payment rebuilt from Toss: the database lacked what had happened");
      else
        log.error(
          found,
          "payment can't be rebuilt: Toss does not show what order knows; it needs manual review",
        );
    },
    faultPoint,
    webhooks,
  };

  const onFault = (orderId: string, error: unknown) =>
    log.warn({ orderId, err: error }, "not settled, will try again");
  const settling = createSettling(deps, onFault);
  const every = (idleMs: number, name: string, runOnce: () => Promise<number>) =>
    createWorker({ name, idleMs, log, runOnce });
  const webhookWorkers = Array.from({ length: 4 }, () =>
    every(1_000, "webhooks", () => handleWebhooks(deps, onFault)),
  );
  const sweepDeps = {
    ...deps,
    onFault,
    isPassing,
    proof,
    findMany: (orderIds: readonly string[]) => findPayments(db, orderIds),
    progress: sweepProgress(plainDb, "transactions"),
  };
  const sweep = every(config.transactionSweepMs, "transaction sweep", async () => {
    const behind = await sweepTransactions(sweepDeps);
    if (behind > 0) log.warn({ behind }, "Toss knew more of these payments than any webhook told");
    return 0;
  });
  const workers = [
    clock.worker,
    watch.worker,
    every(Math.min(1_000, config.reconcileAfterMs), "reconciler", settling.runOnce),
    ...webhookWorkers,
    sweep,
    every(60 * 60_000, "retention", () =>
      pruneOnce(plainDb, [...messageRetention, webhookRetention]),
    ),
    every(10 * 60_000, "manual review", async () => {
      const count = await countNeedingPerson(db);
      if (count > 0)
        log.error({ count }, "payments need manual review: bun run reconcile lists them");
      return 0;
    }),
  ];
  const consumer = createEventConsumer({
    kafka,
    db: plainDb,
    signatures,
    log,
    faultPoint,
    groupId: "payment",
    topics: consumedTopics,
    prefix: config.kafka.prefix,
    handle: orderEventConsumer(deps),
  });
  const topics = keepTopics({
    kafka,
    log,
    settings: config.kafka,
    topics: [...paymentEventTypes, ...consumedTopics],
    begin: async () => {
      relay.start();
      await consumer.start();
    },
  });
  let isStopping = false;
  const app = paymentApp([config.internalKeys.current, ...config.internalKeys.accepted], {
    ...deps,
    webhooks,
    strangers: webhooks,
    onStored: () => webhookWorkers.forEach((worker) => worker.wake()),
    log,
    health: { needed: { database: writeCheck(plainDb) }, isStopping: () => isStopping },
    queries: {
      findMany: (orderIds) => findPayments(db, orderIds),
      listChanged: (page) => listChangedPayments(db, page),
      listMetrics: () => paymentMetrics(db),
      listHistory: (orderId) =>
        listHistory(plainDb, orderId).then((entries) =>
          entries.map((entry) => ({ ...entry, part: "payment" as const })),
        ),
    },
  });

  return {
    fetch: (request, server) =>
      app.fetch(withAbsoluteUrl(request, "http://payment"), {
        peer: server?.requestIP(request)?.address ?? "127.0.0.1",
      }),
    async start() {
      for (const worker of [...workers, topics]) worker.start();
    },
    drain() {
      isStopping = true;
    },
    async stop() {
      await Promise.allSettled([topics.stop(), consumer.stop()]);
      await Promise.allSettled(workers.map((worker) => worker.stop()));
      await settling.drain();
      await Promise.allSettled([relay.stop(), producer.close()]);
      await database.close();
    },
  };
}
