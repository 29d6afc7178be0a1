import { createStreamPlaces, openCredentials, sessionRetention } from "@payflow/access";
import { notificationRetention, openNotifications, type ComposeMail } from "@payflow/notifications";
import { audit, sweepProgress } from "@payflow/outbox";
import { createUi, renderMail } from "@payflow/ui";
import { orderEventTypes, PaymentEvent, paymentEventTypes } from "@payflow/shared";
import { createRateLimit, errorReporter, eventHandler, openService } from "@payflow/shared/http";
import type { Logger, Service } from "@payflow/shared/http";
import { applyPayment } from "./application/apply_payment.ts";
import { createConfirming } from "./application/confirm_order.ts";
import { eraseDue } from "./application/erase_customers.ts";
import type { OrderDeps } from "./application/ports.ts";
import { queryWatchedDeposits } from "./application/query_watched_deposits.ts";
import { sweepChanges, sweepFollowed, sweepUnsettled } from "./application/sweep_payments.ts";
import type { SweepDeps } from "./application/sweep_payments.ts";
import { createTailLength } from "./application/tail_length.ts";
import type { OrderConfig } from "./config.ts";
import { httpPayments, isTemporaryFailure } from "./infrastructure/http_payments.ts";
import { orderMigrations } from "./infrastructure/migrations.ts";
import { countOrders, keepOrphan, orderFigures } from "./infrastructure/order_attention.ts";
import { createOrderWatch } from "./infrastructure/order_watch.ts";
import { createConsole } from "./console.ts";
import { postgresOrderQueries } from "./infrastructure/postgres_order_queries.ts";
import { postgresOrderSearch } from "./infrastructure/postgres_order_search.ts";
import { postgresOrders, storeProductNames } from "./infrastructure/postgres_orders.ts";
import { isSampleShop, readShop } from "./infrastructure/shop_file.ts";
import type { ApiDeps } from "./presentation/api_route.ts";
import { orderApp } from "./presentation/order_app.ts";
import { refuseLateOrders } from "./presentation/late_orders.ts";
import { anonymousScopes } from "./presentation/idempotency.ts";
import { orderLinks } from "./presentation/order_links.ts";
import { pageFunctions } from "./presentation/pages.ts";
import { webhookLimitOf } from "./presentation/webhook_routes.ts";

/** Enough for typing errors, too few to guess addresses. */
const findsPerMinute = 10;

/** Wires the order service. Its database must be reachable at creation; payment and Kafka may come up later. */
export async function createOrderService(
  config: OrderConfig,
  options: {
    readonly log: Logger;
    /** For tests: replaces calls to payment, and injects faults between steps. */
    readonly paymentFetch?: (request: Request) => Promise<Response>;
    readonly faultPoint?: OrderDeps["faultPoint"];
  },
): Promise<Service> {
  const { log } = options;
  const shop = await readShop(config.shopFile);
  if (isSampleShop(shop))
    log.warn(
      `${config.shopFile} is still the sample shop: replace it by your own before going live`,
    );
  const service = await openService({
    ...config,
    name: "order",
    migrations: await orderMigrations(),
    figures: orderFigures,
    retention: [sessionRetention, ...notificationRetention],
    log,
    ...(options.faultPoint ? { faultPoint: options.faultPoint } : {}),
  });
  const { db, now, faultPoint, metrics, tracer } = service;
  // orders are listed by id, newest first: all replicas take the ids' time from the database's clock
  const newId = () => Bun.randomUUIDv7("hex", Date.parse(now()));
  const products = shop.products.map(({ en: _, taxFreeAmount, ...product }) => ({
    ...product,
    taxFreeAmount: taxFreeAmount || undefined,
  }));
  const productNames = await service.prepare(() => storeProductNames(db, shop.products));
  const watch = createOrderWatch(db, log);
  const { sessionSecret, publicUrl } = config;
  const links = orderLinks(sessionSecret, publicUrl, now);
  const count = countOrders(metrics);
  const orders = postgresOrders(db, {
    newId,
    now,
    gatherMax: config.gatherMax,
    refusesLate: true,
    onSaved() {
      service.wakeRelay();
      notifications.wake();
    },
    tracer,
    onChanged(order, events) {
      watch.notify(order);
      count(order, events);
    },
  });
  // the recipient is read when the mail is sent or shown
  const compose: ComposeMail = async ({ orderId, facts: mail, createdAt: at }) => {
    const order = await orders.find(orderId);
    // erased since the mail was stored
    if (order === undefined || order.customerName === "" || mail === null) return undefined;
    const to = { name: order.customerName, address: order.customerEmail };
    return { to, ...renderMail({ mail, at, order, shop, link: links.urlOf(order) }) };
  };
  const notifications = await openNotifications(config, { service, newId, log, compose });

  const payments = httpPayments({
    url: config.paymentUrl,
    internalApiKey: config.eventKeys.current,
    confirmWaitMs: config.confirmWaitMs,
    log,
    onPool: metrics.pool,
    tracer,
    fetch: options.paymentFetch,
  });
  const deps: ApiDeps = {
    ...postgresOrderQueries(db),
    orders,
    payments,
    products: () => products,
    now,
    newId,
    tailLength: createTailLength(),
    orderTtlMs: config.orderTtlMs,
    faultPoint,
    confirming: createConfirming(),
    rateLimit: createRateLimit(config.rateLimitPerMinute),
    webhookLimit: webhookLimitOf(config),
    returnOrigins: config.returnOrigins,
    links,
    anonymousScope: anonymousScopes(sessionSecret),
    search: postgresOrderSearch(db),
    operate: payments.operate,
    // off when RATE_LIMIT_PER_MINUTE is 0
    findLimit: createRateLimit(Math.min(config.rateLimitPerMinute, findsPerMinute)),
    streams: createStreamPlaces(),
    watch: watch.watch,
    listHistory: service.listHistory,
    credentials: openCredentials(db, { ...config, newId, now, log }),
    endpoints: notifications.endpoints,
    deliveries: notifications.deliveries,
    audit: (entry) => audit(db, entry),
    metrics,
    report: errorReporter(log, metrics.refused),
    tracer,
    health: service.health({
      payment: () => payments.find({ orderIds: [] }),
      kafka: async () => {
        if (!service.isReading()) throw new Error("The Kafka consumer does not run");
      },
    }),
  };
  const sweepDeps: SweepDeps = {
    ...deps,
    followedProgress: sweepProgress(db, "followed"),
    unsettledAfterMs: config.sweepMs,
    progress: sweepProgress(db, "payments"),
    isTemporary: isTemporaryFailure,
    onFault(orderId, err) {
      if (isTemporaryFailure(err))
        log.warn({ orderId, err }, "order was not compared with its payment, will retry");
      else log.error({ orderId, err }, "order can't follow its payment: both need manual review");
    },
    async onOrphan(payment) {
      const isNews = await keepOrphan(db, payment);
      const { orderId, status, balanceAmount } = payment;
      const text = "money without an order: return it, or find out what was bought";
      if (isNews && balanceAmount > 0) log.error({ orderId, status, balanceAmount }, text);
    },
  };
  service.add(watch.worker);
  // one worker per sweep, so that a slow sweep does not delay the others
  for (const sweep of [sweepUnsettled, sweepChanges, sweepFollowed])
    service.every(config.sweepMs, sweep.name, async (signal) => {
      const behind = await sweep(sweepDeps, signal);
      if (behind > 0) log.warn({ behind }, "orders had missed changes of their payments");
    });
  service.every(config.depositPollMs, "watched deposits", () =>
    queryWatchedDeposits(watch.listAwaitingDeposit(), deps),
  );
  service.every(
    60 * 60_000,
    "erasure",
    () => eraseDue({ unpaidDays: config.unpaidRetentionDays }, deps),
    { backoffMaxMs: 10 * 60_000 },
  );

  const refusalOf = (thrown: unknown, requestId: string) => deps.report(thrown, { requestId });
  const pages = createUi({
    shop,
    toss: config.toss,
    paymentMethods: config.paymentMethods,
    escrow: config.escrow,
    formerName: (productId) => productNames.get(productId),
    publicUrl,
    unpaidRetentionDays: config.unpaidRetentionDays,
    ...pageFunctions(deps),
    refusalOf,
  });
  const { isSending } = notifications;
  const ofConsole = { db, compose, isSending, shopName: shop.name, refusalOf, log };
  const console = createConsole(config, { ...deps, ...ofConsole });
  const app = orderApp(config, { deps, pages: pages as never, console: console as never });

  return service.run(refuseLateOrders(app, config, deps), {
    origin: publicUrl,
    publishes: orderEventTypes,
    consumes: paymentEventTypes,
    handle: eventHandler(PaymentEvent, (event, message) => {
      const { eventId: _, eventType: cause, occurredOn: __, ...snapshot } = event;
      return applyPayment({ snapshot, cause, message }, deps);
    }),
    onWorkersStopped: notifications.stop,
  });
}
