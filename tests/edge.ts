import { createOrderService, orderMigrations, readOrderConfig } from "@payflow/order";
import { createPaymentService, paymentMigrations, readPaymentConfig } from "@payflow/payment";
import { migrate } from "@payflow/database";
import { silentLog, type Logger } from "@payflow/shared/http";
import { testDatabase } from "@payflow/local-stack/testing";
import { createTossSandbox } from "@payflow/toss-sandbox";

export type TestEdge = {
  /** Passes a request directly to the order service, without an HTTP client's checks. */
  order(request: Request): Promise<Response>;
  payment(request: Request): Promise<Response>;
  readonly url: string;
  readonly merchantKey: string;
  readonly databases: { readonly order: string; readonly payment: string };
  close(): Promise<void>;
};

/**
 * Both services' HTTP handlers with real PostgreSQL, called as functions: no ports, Kafka or background loops.
 * `paymentFetch` replaces the payment service.
 */
export async function testEdge(
  options: {
    readonly order?: Readonly<Record<string, string>>;
    readonly paymentFetch?: (request: Request) => Promise<Response>;
    readonly log?: Logger;
  } = {},
): Promise<TestEdge> {
  const url = options.order?.["PUBLIC_URL"] ?? "http://shop.localhost";
  const { log = silentLog } = options;
  const merchantKey = "merchant-key-of-the-tests";
  const internalKey = "internal-key-of-the-tests";
  const [orderDatabase, paymentDatabase] = await Promise.all([
    testDatabase(async (to) => migrate(to, await orderMigrations()), "order"),
    testDatabase(async (to) => migrate(to, await paymentMigrations()), "payment"),
  ]);
  const noKafka = { KAFKA_BROKERS: "127.0.0.1:1" };
  const sandbox = createTossSandbox({
    databasePath: ":memory:",
    publicUrl: "http://toss.localhost",
  });
  const payment = await createPaymentService(
    readPaymentConfig({
      ...noKafka,
      DATABASE_URL: paymentDatabase.url,
      TOSS_SECRET_KEY: "test_sk_sandbox",
      // no limit in tests; Toss itself allows one call a second for a test key
      TOSS_CALLS_PER_SECOND: "5000",
      INTERNAL_API_KEY: internalKey,
    }),
    { log, tossFetch: async (request) => sandbox.fetch(request) },
  );
  const server = undefined as unknown as Bun.Server<undefined>;
  const order = await createOrderService(
    readOrderConfig({
      ...noKafka,
      DATABASE_URL: orderDatabase.url,
      PUBLIC_URL: url,
      TOSS_CLIENT_KEY: "test_ck_sandbox",
      INTERNAL_API_KEY: internalKey,
      MERCHANT_API_KEY: merchantKey,
      SESSION_SECRET: "session-secret-of-the-tests",
      RATE_LIMIT_PER_MINUTE: "0",
      ...options.order,
    }),
    {
      log,
      paymentFetch: options.paymentFetch ?? (async (request) => payment.fetch(request, server)),
    },
  );
  return {
    order: async (request) => order.fetch(request, server),
    payment: async (request) => payment.fetch(request, server),
    url,
    merchantKey,
    databases: { order: orderDatabase.url, payment: paymentDatabase.url },
    async close() {
      await Promise.all([order.stop(), payment.stop(), sandbox.close()]);
      await Promise.all([orderDatabase.drop(), paymentDatabase.drop()]);
    },
  };
}
