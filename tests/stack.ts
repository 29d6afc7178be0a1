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
  /** Where the shop is. */
  readonly url: string;
  readonly sandboxUrl: string;
  /** Payment's own port, which only order may call. */
  readonly paymentUrl: string;
  readonly internalKey: string;
  readonly merchantKey: string;
  readonly databases: { readonly order: string; readonly payment: string };
  /** Settings by which others reach its topics. */
  readonly kafka: Readonly<Record<string, string>>;
  /** Ends the payment service and starts another one on its database. */
  restartPayment(): Promise<void>;
  /** The same of the order service. */
  restartOrder(): Promise<void>;
  close(): Promise<void>;
};

export type TestStackOptions = {
  readonly log?: Logger;
  readonly brokers?: readonly string[];
  readonly order?: Readonly<Record<string, string>>;
  readonly payment?: Readonly<Record<string, string>>;
  /** Of the sandbox and of both services; the window's unless given. */
  readonly tossKeys?: { readonly clientKey: string; readonly secretKey: string };
  /** Called between two steps of the payment service; what it throws stops that step there, as a crash would. */
  readonly faultPoint?: (name: string) => void;
};

const usualLog = process.env["TEST_LOG"] ? createLog("test", process.env["TEST_LOG"]) : silentLog;

/** Both services and the sandbox in this process, on ports, databases and topics of their own, over the run's PostgreSQL and Kafka. */
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
    // one broker holds the topics of every stack of a run
    KAFKA_PARTITIONS: "1",
  };

  // ports are known before the services are: each of them needs the others' addresses
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
 * Resolves when payment's sweep that begins with it has ended: until then it refuses confirms, since its database may
 * lack something, and the sweep may settle what a test wants to see open. The next sweep is minutes away.
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
