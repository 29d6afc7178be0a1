import postgres from "postgres";
import { createOrderService, orderMigrations, readOrderConfig } from "@payflow/order";
import { createPaymentService, paymentMigrations, readPaymentConfig } from "@payflow/payment";
import { migrate } from "@payflow/database";
import { listen, silentLog } from "@payflow/shared/http";
import {
  eventually,
  freePort,
  startedKafka,
  startPatience,
  testDatabase,
  testTopicPrefix,
} from "@payflow/local-stack/testing";
import { createTossSandbox } from "@payflow/toss-sandbox";
import { shopperOf } from "../shopper.ts";

export type Service = "order" | "payment";

export type CrashStack = {
  readonly url: string;
  readonly sandboxUrl: string;
  readonly shopper: ReturnType<typeof shopperOf>;
  readonly order: postgres.Sql;
  readonly payment: postgres.Sql;
  /** Resolves when the victim was killed at its fault point; rejects when it does not reach it. */
  died(): Promise<void>;
  hasDied(): boolean;
  /** From now on confirms wait at Toss until `release`. */
  holdConfirms(): { readonly arrived: Promise<void>; release(): void };
  /** Restarts the victim without the fault point. */
  revive(): Promise<void>;
  close(): Promise<void>;
};

export type CrashOptions = {
  readonly victim: Service;
  readonly point: string;
  /** Kafka's address; by default the test run's Kafka. */
  readonly brokers?: string;
  readonly env?: Readonly<Record<string, string>>;
};

const diesWithinMs = 40_000;
const merchantKey = "merchant-key-of-the-tests";
const nobody = "127.0.0.1:9";
/** Kafka is unreachable: no event ever arrives. */
export const noKafka = { brokers: nobody };

/**
 * Both services and a sandbox, with own databases and topics. Only the victim is a process, until it is killed at the
 * fault point: its partner and its restarted self run here, because starting a process costs most of a case's time.
 */
export async function crashStack(options: CrashOptions): Promise<CrashStack> {
  const [orderDatabase, paymentDatabase, kafka, orderPort, paymentPort] = await Promise.all([
    testDatabase(async (url) => migrate(url, await orderMigrations()), "order"),
    testDatabase(async (url) => migrate(url, await paymentMigrations()), "payment"),
    options.brokers ?? startedKafka().then(({ brokers }) => brokers.join(",")),
    freePort(),
    freePort(),
  ]);
  const url = `http://127.0.0.1:${orderPort}`;
  let confirmsHeld: { arrived(): void; readonly released: Promise<void> } | undefined;
  const sandboxServer = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request): Promise<Response> {
      if (confirmsHeld === undefined || !request.url.endsWith("/v1/payments/confirm"))
        return await sandbox.fetch(request);
      // reads the body now, so that the confirm takes effect even after its caller is gone
      const kept = new Request(request, { body: await request.text() });
      confirmsHeld.arrived();
      await confirmsHeld.released;
      return await sandbox.fetch(kept);
    },
  });
  const sandboxUrl = `http://127.0.0.1:${sandboxServer.port}`;
  const sandbox = createTossSandbox({
    databasePath: ":memory:",
    publicUrl: sandboxUrl,
    webhookUrl: `${url}/webhooks/toss`,
    webhookRetryMinuteMs: 50,
  });
  const env = {
    PATH: process.env["PATH"],
    HOME: process.env["HOME"],
    KAFKA_BROKERS: kafka,
    KAFKA_PREFIX: testTopicPrefix(),
    // one broker holds the topics of all stacks of a test run
    KAFKA_PARTITIONS: "1",
    INTERNAL_API_KEY: "internal-key-of-the-tests",
    CONFIRM_WAIT_MS: "1000",
    LOG_LEVEL: process.env["TEST_LOG"] ?? "silent",
    // JavaScriptCore's slowest compiler does not pay off in a process that lives for seconds
    BUN_JSC_useFTLJIT: "0",
  };
  const environments = {
    order: {
      ...env,
      ORDER_PORT: String(orderPort),
      DATABASE_URL: orderDatabase.url,
      PAYMENT_URL: `http://127.0.0.1:${paymentPort}`,
      PUBLIC_URL: url,
      TOSS_CLIENT_KEY: "test_ck_sandbox",
      TOSS_SDK_URL: `${sandboxUrl}/v2/standard`,
      MERCHANT_API_KEY: merchantKey,
      SESSION_SECRET: "session-secret-of-the-tests",
      RATE_LIMIT_PER_MINUTE: "0",
      SWEEP_MS: "1000",
    },
    payment: {
      ...env,
      PAYMENT_PORT: String(paymentPort),
      DATABASE_URL: paymentDatabase.url,
      TOSS_SECRET_KEY: "test_sk_sandbox",
      TOSS_API_URL: sandboxUrl,
      TOSS_CALLS_PER_SECOND: "1000",
      // a confirm that was open at the crash is resent five seconds after this time-out
      TOSS_TIMEOUT_MS: "1000",
      RECONCILE_AFTER_MS: "300",
    },
  };
  const ports = { order: orderPort, payment: paymentPort };
  const ends: (() => Promise<unknown>)[] = [];

  async function startHere(service: Service): Promise<void> {
    const settings = { ...environments[service], ...options.env };
    const started =
      service === "order"
        ? await createOrderService(readOrderConfig(settings), { log: silentLog })
        : await createPaymentService(readPaymentConfig(settings), { log: silentLog });
    const server = listen(started, { port: ports[service], hostname: "127.0.0.1" });
    ends.push(() => Promise.all([server.stop(true), started.stop()]));
    await started.start();
  }

  async function startVictim(service: Service, crashAt: string): Promise<Bun.Subprocess> {
    const file = `${import.meta.dir}/crash_main.ts`;
    const child = Bun.spawn([process.execPath, "--no-orphans", file, service], {
      env: { ...environments[service], ...options.env, CRASH_AT: crashAt },
      stdio: ["ignore", "inherit", "inherit"],
    });
    ends.push(() => (child.kill("SIGKILL"), child.exited));
    await eventually(
      async () => {
        const health = `http://127.0.0.1:${ports[service]}/healthz`;
        return child.exitCode !== null || child.killed || (await fetch(health)).ok;
      },
      { timeoutMs: 40_000, what: `${service} to answer` },
    );
    return child;
  }

  const { victim, point } = options;
  const partner = victim === "order" ? "payment" : "order";
  const [firstLife] = await Promise.all([startVictim(victim, point), startHere(partner)]);
  let isClosed = false;
  const order = postgres(orderDatabase.url, { max: 1, onnotice() {} });
  const payment = postgres(paymentDatabase.url, { max: 1, onnotice() {} });

  return {
    url,
    sandboxUrl,
    order,
    payment,
    shopper: shopperOf({ url, sandboxUrl, merchantKey }),
    async died() {
      const patience = startPatience(diesWithinMs);
      void patience.over.then(() => firstLife.kill("SIGTERM"));
      await firstLife.exited;
      patience.end();
      if (firstLife.signalCode !== "SIGKILL") throw new Error(`${victim} did not reach ${point}`);
    },
    hasDied: () => firstLife.exitCode !== null || firstLife.signalCode !== null,
    holdConfirms() {
      const arrived = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      confirmsHeld = { arrived: arrived.resolve, released: released.promise };
      return { arrived: arrived.promise, release: released.resolve };
    },
    async revive() {
      // closed when the lead has failed
      if (!isClosed) await startHere(victim);
    },
    async close() {
      isClosed = true;
      // first, so that no service waits for Toss when it stops
      await sandboxServer.stop(true);
      await Promise.all(ends.map((end) => end()));
      await Promise.all([order.end(), payment.end(), sandbox.close()]);
      await Promise.all([orderDatabase.drop(), paymentDatabase.drop()]);
    },
  };
}
