import postgres from "postgres";
import { createOrderService, orderMigrations, readOrderConfig } from "@payflow/order";
import { createPaymentService, paymentMigrations, readPaymentConfig } from "@payflow/payment";
import { migrate } from "@payflow/database";
import { silentLog, createLog, type Logger, type Service } from "@payflow/shared/http";
import {
  eventually,
  startedKafka,
  testDatabase,
  testTopicPrefix,
} from "@payflow/local-stack/testing";
import { createTossSandbox } from "@payflow/toss-sandbox";

export type TestStack = {
  /** The order service's address. */
  readonly url: string;
  readonly sandboxUrl: string;
  /** The payment service's address; only order may call it. */
  readonly paymentUrl: string;
  readonly internalKey: string;
  readonly merchantKey: string;
  readonly databases: { readonly order: string; readonly payment: string };
  /** Kafka settings for other clients of the stack's topics. */
  readonly kafka: Readonly<Record<string, string>>;
  /** Stops the payment service and starts a new one on the same database. */
  restartPayment(): Promise<void>;
  /** Stops the order service and starts a new one on the same database. */
  restartOrder(): Promise<void>;
  close(): Promise<void>;
};

export type TestStackOptions = {
  readonly log?: Logger;
  readonly brokers?: readonly string[];
  readonly order?: Readonly<Record<string, string>>;
  readonly payment?: Readonly<Record<string, string>>;
  /** Keys of the sandbox and both services; by default those of the payment window. */
  readonly tossKeys?: { readonly clientKey: string; readonly secretKey: string };
  /** Called at the payment service's fault points; an error that it throws stops the step, like a crash. */
  readonly faultPoint?: (name: string) => void;
};

const usualLog = process.env["TEST_LOG"] ? createLog("test", process.env["TEST_LOG"]) : silentLog;

/** Both services and the sandbox in this process, with own ports, databases and topics, on the test run's servers. */
export async function testStack(options: TestStackOptions = {}): Promise<TestStack> {
  const { log = usualLog } = options;
  const toss = options.tossKeys ?? { clientKey: "test_ck_sandbox", secretKey: "test_sk_sandbox" };
  const merchantKey = "merchant-key-of-the-tests";
  const internalKey = "internal-key-of-the-tests";
  const [orderDatabase, paymentDatabase, brokers] = await Promise.all([
    testDatabase(async (url) => migrate(url, await orderMigrations()), "order"),
    testDatabase(async (url) => migrate(url, await paymentMigrations()), "payment"),
    options.brokers ?? startedKafka().then((kafka) => kafka.brokers),
  ]);
  const kafka = {
    KAFKA_BROKERS: brokers.join(","),
    KAFKA_PREFIX: testTopicPrefix(),
    // one broker holds the topics of all stacks of a test run
    KAFKA_PARTITIONS: "1",
  };

  // the servers listen before the services exist, because each service needs the others' addresses
  const parts: Record<"sandbox" | "payment" | "order", Service["fetch"]> = {
    sandbox: notYet,
    payment: notYet,
    order: notYet,
  };
  const listen = (name: keyof typeof parts) =>
    Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      idleTimeout: 60,
      fetch: (request, server) => parts[name](request, server),
    });
  const servers = {
    sandbox: listen("sandbox"),
    payment: listen("payment"),
    order: listen("order"),
  };
  const urlOf = (name: keyof typeof servers) => `http://localhost:${servers[name].port}`;

  const sandbox = createTossSandbox({
    databasePath: ":memory:",
    ...toss,
    publicUrl: urlOf("sandbox"),
    webhookUrl: `${urlOf("order")}/webhooks/toss`,
    webhookRetryMinuteMs: 50,
  });
  const paymentConfig = readPaymentConfig({
    ...kafka,
    DATABASE_URL: paymentDatabase.url,
    TOSS_SECRET_KEY: toss.secretKey,
    TOSS_API_URL: urlOf("sandbox"),
    TOSS_CALLS_PER_SECOND: "5000",
    TOSS_TIMEOUT_MS: "5000",
    RECONCILE_AFTER_MS: "300",
    CONFIRM_WAIT_MS: "3000",
    INTERNAL_API_KEY: internalKey,
    ...options.payment,
  });
  const startPayment = () =>
    createPaymentService(paymentConfig, {
      log,
      ...(options.faultPoint ? { faultPoint: options.faultPoint } : {}),
    });
  let payment = await startPayment();
  const orderConfig = readOrderConfig({
    ...kafka,
    DATABASE_URL: orderDatabase.url,
    PAYMENT_URL: urlOf("payment"),
    PUBLIC_URL: urlOf("order"),
    TOSS_CLIENT_KEY: toss.clientKey,
    TOSS_SDK_URL: `${urlOf("sandbox")}/v2/standard`,
    INTERNAL_API_KEY: internalKey,
    MERCHANT_API_KEY: merchantKey,
    SESSION_SECRET: "session-secret-of-the-tests",
    RATE_LIMIT_PER_MINUTE: "0",
    CONFIRM_WAIT_MS: "3000",
    ...options.order,
  });
  let order = await createOrderService(orderConfig, { log });
  parts.sandbox = (request) => sandbox.fetch(request);
  parts.payment = (request, server) => payment.fetch(request, server);
  parts.order = (request, server) => order.fetch(request, server);
  await Promise.all([payment.start(), order.start()]);

  const stack: TestStack = {
    url: urlOf("order"),
    sandboxUrl: urlOf("sandbox"),
    paymentUrl: urlOf("payment"),
    internalKey,
    merchantKey,
    databases: { order: orderDatabase.url, payment: paymentDatabase.url },
    kafka,
    async restartPayment() {
      await payment.stop();
      payment = await startPayment();
      await payment.start();
    },
    async restartOrder() {
      await order.stop();
      order = await createOrderService(orderConfig, { log });
      await order.start();
    },
    async close() {
      await Promise.all(Object.values(servers).map((server) => server.stop(true)));
      await Promise.all([order.stop(), payment.stop(), sandbox.close()]);
      await Promise.all([orderDatabase.drop(), paymentDatabase.drop()]);
    },
  };
  try {
    await firstSweep(paymentDatabase.url);
  } catch (error) {
    await stack.close();
    throw error;
  }
  return stack;
}

function notYet(): Response {
  return new Response("not started yet", { status: 503 });
}

/**
 * Resolves when payment's first sweep has ended. Before that payment rejects confirms, because its database may be stale,
 * and the sweep could settle payments that a test expects to be open. The next sweep is minutes later.
 */
async function firstSweep(database: string): Promise<void> {
  const payments = postgres(database, { max: 1 });
  try {
    const isOver = async () => (await payments`select from proven_database`).length > 0;
    await eventually(isOver, { timeoutMs: 60_000, what: "payment's first sweep to end" });
  } finally {
    await payments.end();
  }
}
