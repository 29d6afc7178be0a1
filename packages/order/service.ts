import { Hono } from "hono";
import { requestId } from "hono/request-id";
import { createUi } from "@payflow/ui";
import { AppError, orderEventTypes, paymentEventTypes } from "@payflow/shared";
import {
  connectKafka,
  createEventConsumer,
  createEventProducer,
  createOutboxRelay,
  createTopics,
  createWorker,
  databaseClock,
  migrate,
  notFoundProblem,
  openDatabase,
  problemHandler,
  untilDone,
  type Logger,
  type Service,
} from "@payflow/shared/runtime";
import type { OrderDeps } from "./application/ports.ts";
import type { OrderConfig } from "./config.ts";
import { httpPayments } from "./infrastructure/http_payments.ts";
import { orderMigrations } from "./infrastructure/migrations.ts";
import type { OrderTables } from "./infrastructure/order_tables.ts";
import { createOrderWatch } from "./infrastructure/order_watch.ts";
import { postgresOrderQueries } from "./infrastructure/postgres_order_queries.ts";
import { postgresOrders } from "./infrastructure/postgres_orders.ts";
import {
  listProducts,
  storeProducts,
} from "./infrastructure/postgres_products.ts";
import { isSampleShop, readShop } from "./infrastructure/shop_file.ts";
import { identifyCaller, type CallerVariables } from "./presentation/caller.ts";
import { clientAddressReader } from "./presentation/client_address.ts";
import {
  orderRoutes,
  type OrderRoutesDeps,
} from "./presentation/order_routes.ts";
import {
  orderTokens,
  pageFunctions,
  pageViewer,
  type PageViewer,
} from "./presentation/pages.ts";
import {
  consumedTopics,
  paymentEventConsumer,
} from "./presentation/payment_event_consumer.ts";
import { createRateLimit } from "./presentation/rate_limit.ts";
import { refundRoutes } from "./presentation/refund_routes.ts";
import { refuseCrossSite, securityHeaders } from "./presentation/security.ts";
import { webhookRoutes } from "./presentation/webhook_routes.ts";

export type OrderServiceOptions = {
  readonly log: Logger;
  /** For tests: another way to payment, and a stop between two steps. */
  readonly paymentFetch?: (request: Request) => Promise<Response>;
  readonly faultPoint?: OrderDeps["faultPoint"];
};

type Variables = CallerVariables & { viewer: PageViewer };

/** The order service, wired. Its database must be reachable to create it; payment and Kafka may come later. */
export async function createOrderService(
  config: OrderConfig,
  options: OrderServiceOptions,
): Promise<Service> {
  const { log } = options;
  const newId = () => Bun.randomUUIDv7();
  const shop = await readShop(config.shopFile);
  if (isSampleShop(shop))
    log.warn(
      `${config.shopFile} is still the sample shop's: put your own shop in before going live`,
    );
  await migrate(config.databaseUrl, await orderMigrations());
  const database = openDatabase<OrderTables>({
    url: config.databaseUrl,
    applicationName: "payflow-order",
  });
  const db = database.kysely;
  const plainDb = db as never;
  await storeProducts(db, shop.products);
  const products = await listProducts(db);
  const clock = await databaseClock(plainDb, log);
  const kafka = connectKafka(config.kafka, log);
  const producer = createEventProducer(kafka, config.kafka.prefix);
  const faultPoint = options.faultPoint ?? (() => {});
  const relay = createOutboxRelay({
    db: plainDb,
    producer,
    holder: crypto.randomUUID(),
    log,
    faultPoint,
  });
  const queries = postgresOrderQueries(db);
  const watch = createOrderWatch(queries, log);
  const tokens = orderTokens(config.sessionSecret);

  const deps: OrderRoutesDeps = {
    orders: postgresOrders(db, {
      newId,
      now: clock.now,
      gatherMax: config.gatherMax,
      onSaved: () => relay.wake(),
      onChanged: (orderId) => watch.notify(orderId),
    }),
    payments: httpPayments(
      {
        ...config.payments,
        ...(options.paymentFetch ? { fetch: options.paymentFetch } : {}),
      },
      log,
    ),
    products: () => products,
    now: clock.now,
    newId,
    orderTtlMs: config.orderTtlMs,
    faultPoint,
    rateLimit: createRateLimit(config.rateLimitPerMinute),
    checkoutUrl: (orderId) =>
      `${config.publicUrl}/orders/${orderId}?token=${tokens.orderToken(orderId)}`,
    listOrders: queries.listOrders,
  };

  const consumer = createEventConsumer({
    ...{ kafka, db: plainDb, log },
    groupId: "order",
    topics: consumedTopics,
    prefix: config.kafka.prefix,
    handle: paymentEventConsumer(deps),
  });
  let kafkaReady = false;
  const kafkaStart = createWorker({
    name: "kafka start",
    idleMs: 60_000,
    log,
    runOnce: untilDone(async () => {
      await createTopics(kafka, config.kafka, [
        ...orderEventTypes,
        ...paymentEventTypes,
      ]);
      await consumer.start();
      relay.start();
      kafkaReady = true;
    }),
  });

  const isHttps = config.publicUrl.startsWith("https://");
  const readAddress = clientAddressReader(config.trustedProxies);
  const ui = createUi({
    shop,
    toss: config.toss,
    paymentMethods: config.paymentMethods,
    publicUrl: config.publicUrl,
    ...tokens,
    ...pageFunctions({
      ...deps,
      listOwnOrders: (owner) => queries.listOwnOrders(owner, 50),
      watch: watch.watch,
    }),
  });
  const app = new Hono<{ Variables: Variables; Bindings: { peer: string } }>()
    .use(requestId())
    .use(securityHeaders(isHttps))
    .get("/healthz", (c) => c.json({ status: "ok" }))
    .get("/readyz", async (c) => {
      const parts = {
        database: await ready(queries.checkConnection()),
        payment: await ready(deps.payments.find([])),
        kafka: kafkaReady ? "ready" : "down",
      };
      const whole = Object.values(parts).every((part) => part === "ready");
      const status =
        parts.database === "down" ? "down" : whole ? "ready" : "degraded";
      return c.json({ status, parts }, parts.database === "down" ? 503 : 200);
    })
    .use(refuseCrossSite(config.publicUrl))
    .use(async (c, next) => {
      c.set(
        "clientAddress",
        readAddress(c.env.peer, c.req.header("X-Forwarded-For")),
      );
      await next();
    })
    .route("/", webhookRoutes(deps.payments))
    .use(
      identifyCaller({
        sessionSecret: config.sessionSecret,
        merchantApiKey: config.merchantApiKey,
        isHttps,
      }),
    )
    .use(async (c, next) => {
      c.set("viewer", pageViewer(c.get("caller"), c.get("clientAddress")));
      await next();
    })
    .route("/", orderRoutes(deps))
    .route("/", refundRoutes(deps))
    .all("/api/*", notFoundProblem)
    .onError(problemHandler(log));
  app.route("/", ui as never);

  return {
    fetch: (request, server) =>
      app.fetch(request, {
        peer: server?.requestIP(request)?.address ?? "127.0.0.1",
        server,
      }),
    async start() {
      for (const worker of [clock.worker, watch.worker, kafkaStart])
        worker.start();
    },
    async stop() {
      await Promise.allSettled([kafkaStart.stop(), consumer.stop()]);
      await Promise.allSettled([
        clock.worker.stop(),
        watch.worker.stop(),
        relay.stop(),
      ]);
      await Promise.allSettled([producer.close()]);
      await database.close();
    },
  };
}

async function ready(check: Promise<unknown>): Promise<"ready" | "down"> {
  try {
    await check;
    return "ready";
  } catch (error) {
    if (error instanceof AppError || error instanceof Error) return "down";
    throw error;
  }
}
