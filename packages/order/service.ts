import { createUi } from "@payflow/ui";
import { orderEventTypes, paymentEventTypes, type PaymentSnapshot } from "@payflow/shared";
import {
  connectKafka,
  createEventConsumer,
  createEventProducer,
  createOutboxRelay,
  createWorker,
  eventSignatures,
  isPassing,
  keepTopics,
  listHistory,
  messageRetention,
  patiently,
  pruneOnce,
  startDatabase,
  sweepProgress,
} from "@payflow/outbox";
import {
  asAppError,
  createRateLimit,
  withAbsoluteUrl,
  writeCheck,
  type Logger,
  type Service,
} from "@payflow/shared/http";
import { queryWatchedDeposits } from "./application/query_watched_deposits.ts";
import { eraseDue, type EraseDeps } from "./application/erase_customers.ts";
import { createConfirming } from "./application/confirm_order.ts";
import type { OrderDeps } from "./application/ports.ts";
import { sweepFollowed } from "./application/sweep_followed.ts";
import { sweepChanges, sweepUnsettled } from "./application/sweep_payments.ts";
import type { OrderConfig } from "./config.ts";
import { httpPayments } from "./infrastructure/http_payments.ts";
import { orderMigrations } from "./infrastructure/migrations.ts";
import type { OrderTables } from "./infrastructure/order_tables.ts";
import { orderMetrics } from "./infrastructure/order_metrics.ts";
import { createOrderWatch } from "./infrastructure/order_watch.ts";
import { postgresOrderQueries } from "./infrastructure/postgres_order_queries.ts";
import { postgresOrders } from "./infrastructure/postgres_orders.ts";
import {
  listFormerNames,
  listProducts,
  storeProducts,
} from "./infrastructure/postgres_products.ts";
import { isSampleShop, readShop } from "./infrastructure/shop_file.ts";
import { orderApp } from "./presentation/order_app.ts";
import type { PaymentRoutesDeps } from "./presentation/payment_routes.ts";
import { anonymousScopes } from "./presentation/idempotency.ts";
import { orderLinks } from "./presentation/order_links.ts";
import { pageFunctions } from "./presentation/pages.ts";
import { consumedTopics, paymentEventConsumer } from "./presentation/payment_event_consumer.ts";
import { createStreamPlaces } from "./presentation/stream_places.ts";

export type OrderServiceOptions = {
  readonly log: Logger;
  /** For tests: another way to payment, and a stop between two steps. */
  readonly paymentFetch?: (request: Request) => Promise<Response>;
  readonly faultPoint?: OrderDeps["faultPoint"];
};

/** The order service, wired. Its database must be reachable to create it; payment and Kafka may come later. */
export async function createOrderService(
  config: OrderConfig,
  options: OrderServiceOptions,
): Promise<Service> {
  const { log } = options;
  const shop = await readShop(config.shopFile);
  if (isSampleShop(shop))
    log.warn(
      `${config.shopFile} is still the sample shop's: put your own shop in before going live`,
    );
  const { database, clock } = await startDatabase<OrderTables>({
    url: config.databaseUrl,
    applicationName: "payflow-order",
    migrations: await orderMigrations(),
    log,
  });
  const db = database.kysely;
  const plainDb = db as never;
  // orders are listed by their ids, newest first: replicas must take the time in them from one clock
  const newId = () => Bun.randomUUIDv7("hex", Date.parse(clock.now()));
  const { products, formerNames } = await patiently({ url: config.databaseUrl, log }, async () => {
    await storeProducts(db, shop.products);
    return { products: await listProducts(db), formerNames: await listFormerNames(db) };
  });
  const kafka = connectKafka(config.kafka, log);
  const producer = createEventProducer(kafka, config.kafka.prefix);
  const signatures = eventSignatures(config.eventKeys);
  const faultPoint = options.faultPoint ?? (() => {});
  const relay = createOutboxRelay({
    db: plainDb,
    producer,
    signatures,
    holder: crypto.randomUUID(),
    log,
    faultPoint,
  });
  const queries = postgresOrderQueries(db);
  const watch = createOrderWatch(queries, log);
  const { sessionSecret } = config;
  const links = orderLinks({ sessionSecret, now: clock.now });

  const orderDeps: OrderDeps = {
    orders: postgresOrders(db, {
      newId,
      now: clock.now,
      gatherMax: config.gatherMax,
      onSaved: () => relay.wake(),
      onChanged: (orderId) => watch.notify(orderId),
    }),
    payments: httpPayments(
      { ...config.payments, ...(options.paymentFetch ? { fetch: options.paymentFetch } : {}) },
      log,
    ),
    products: () => products,
    now: clock.now,
    newId,
    orderTtlMs: config.orderTtlMs,
    faultPoint,
  };
  const deps: PaymentRoutesDeps = {
    ...orderDeps,
    confirming: createConfirming(orderDeps),
    rateLimit: createRateLimit(config.rateLimitPerMinute),
    checkoutUrl: (order) =>
      `${config.publicUrl}/orders/${order.orderId}?token=${links.tokenFor(order)}`,
    anonymousScope: anonymousScopes(sessionSecret),
    listOrders: queries.listOrders,
  };

  const sweepDeps = {
    ...deps,
    listUnsettled: queries.listUnsettled,
    listFollowed: queries.listFollowed,
    listFollowedBefore: queries.listFollowedBefore,
    followedProgress: sweepProgress(plainDb, "followed"),
    unsettledAfterMs: config.sweepMs,
    progress: sweepProgress(plainDb, "payments"),
    isPassing,
    onFault: (orderId: string, error: unknown) =>
      isPassing(error)
        ? log.warn({ orderId, err: error }, "not compared, will try again")
        : log.error(
            { orderId, err: error },
            "order can't follow its payment: a person must look at both",
          ),
    onOrphan: async (payment: PaymentSnapshot) => {
      const isNews = await queries.keepOrphan(payment);
      const { orderId, status, balanceAmount } = payment;
      if (isNews && balanceAmount > 0)
        log.error(
          { orderId, status, balanceAmount },
          "money without an order: a person must return it or find out what was bought",
        );
    },
  };
  // a worker each: none may have to wait for another's end
  const sweeps = [sweepUnsettled, sweepChanges, sweepFollowed].map((sweep) =>
    createWorker({
      name: sweep.name,
      idleMs: config.sweepMs,
      log,
      runOnce: async (signal) => {
        const behind = await sweep(sweepDeps, signal);
        if (behind > 0)
          log.warn({ behind }, "these orders had missed what became of their payment");
        return 0;
      },
    }),
  );
  const watchedDeposits = createWorker({
    name: "watched deposits",
    idleMs: config.depositPollMs,
    log,
    runOnce: async () => {
      const { payments } = deps;
      const { listWatched } = watch;
      const { listAwaitingDeposit } = queries;
      await queryWatchedDeposits({ payments, listWatched, listAwaitingDeposit });
      return 0;
    },
  });
  const retention = createWorker({
    name: "retention",
    idleMs: 60 * 60_000,
    log,
    runOnce: () => pruneOnce(plainDb, messageRetention),
  });
  const eraseDeps: EraseDeps = {
    ...orderDeps,
    listByEmail: queries.listByEmail,
    listToErase: queries.listToErase,
  };
  const erasure = createWorker({
    name: "erasure",
    idleMs: 60 * 60_000,
    log,
    backoffMaxMs: 10 * 60_000,
    runOnce: () => eraseDue({ unpaidDays: config.unpaidRetentionDays }, eraseDeps),
  });
  const workers = [clock.worker, watch.worker, ...sweeps];
  workers.push(watchedDeposits, retention, erasure);
  const consumer = createEventConsumer({
    kafka,
    db: plainDb,
    signatures,
    log,
    faultPoint,
    groupId: "order",
    topics: consumedTopics,
    prefix: config.kafka.prefix,
    handle: paymentEventConsumer(deps),
  });
  const topics = keepTopics({
    kafka,
    log,
    settings: config.kafka,
    topics: [...orderEventTypes, ...paymentEventTypes],
    begin: async () => {
      relay.start();
      await consumer.start();
    },
  });

  const listOwnHistory = (orderId: string) =>
    listHistory(plainDb, orderId).then((entries) =>
      entries.map((entry) => ({ ...entry, part: "order" as const })),
    );
  const pages = createUi({
    shop,
    toss: config.toss,
    paymentMethods: config.paymentMethods,
    formerName: (productId) => formerNames.get(productId),
    publicUrl: config.publicUrl,
    unpaidRetentionDays: config.unpaidRetentionDays,
    ...pageFunctions({
      ...deps,
      links,
      listOwnOrders: (owner) => queries.listOwnOrders(owner, 50),
      watch: watch.watch,
      streams: createStreamPlaces(),
      listHistory: listOwnHistory,
    }),
    refusalOf(thrown, requestId) {
      const refusal = asAppError(thrown);
      if (refusal === undefined)
        log.error({ requestId, err: thrown }, "page failed by a fault of ours");
      return refusal;
    },
  });
  let isStopping = false;
  const health = {
    needed: { database: writeCheck(plainDb) },
    others: {
      payment: () => deps.payments.find([]),
      kafka: async () => {
        if (!consumer.isReading()) throw new Error("Kafka is not read");
      },
    },
    isStopping: () => isStopping,
  };
  const app = orderApp(config, {
    routes: {
      ...deps,
      ...eraseDeps,
      listMetrics: () => orderMetrics(db),
      listHistory: listOwnHistory,
    },
    health,
    log,
    pages: pages as never,
  });

  return {
    fetch: (request, server) =>
      app.fetch(withAbsoluteUrl(request, config.publicUrl), {
        peer: server?.requestIP(request)?.address ?? "127.0.0.1",
        server,
      }),
    async start() {
      for (const worker of [...workers, topics]) worker.start();
    },
    drain() {
      isStopping = true;
    },
    async stop() {
      await Promise.allSettled([topics.stop(), consumer.stop()]);
      await Promise.allSettled([...workers.map((worker) => worker.stop()), relay.stop()]);
      await Promise.allSettled([producer.close()]);
      await database.close();
    },
  };
}
