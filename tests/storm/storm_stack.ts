import { mkdirSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { freePort, ownKafka, ownPostgres } from "@payflow/shared/testing";
import { randomOf } from "./random.ts";
import { startBalancer, startReplica, type Replica } from "./replica.ts";

export const merchantKey = "merchant-key-of-the-storm";
const internalKey = "internal-key-of-the-storm";
const root = `${import.meta.dir}/../..`;

/** So long does Toss have for an answer: a call that it delays for longer is an unknown outcome. */
export const tossTimeoutMs = 2_000;

export type StormStack = Awaited<ReturnType<typeof startStormStack>>;

/** Two replicas of each service as processes, the sandbox as one, PostgreSQL and Kafka of the storm's own. */
export async function startStormStack(options: {
  readonly seed: number;
  readonly folder: string;
  readonly onLost: (name: string) => void;
}) {
  const { seed, folder, onLost } = options;
  mkdirSync(folder, { recursive: true });
  const [server, kafka] = await Promise.all([ownPostgres(), ownKafka()]);
  const databases = {
    order: await createDatabase(server.url, "storm_order"),
    payment: await createDatabase(server.url, "storm_payment"),
  };
  const ports: number[] = [];
  for (let count = 0; count < 5; count++) ports.push(await freePort());
  const [sandboxPort, ...servicePorts] = ports as [number, ...number[]];
  const [orderPorts, paymentPorts] = [
    servicePorts.slice(0, 2),
    servicePorts.slice(2),
  ];
  const random = randomOf(seed, 2_000_003);
  const front = startBalancer(orderPorts, random.pick);
  const back = startBalancer(paymentPorts, random.pick);
  const sandboxUrl = `http://127.0.0.1:${sandboxPort}`;
  const shared = {
    KAFKA_BROKERS: kafka.brokers.join(","),
    INTERNAL_API_KEY: internalKey,
    CONFIRM_WAIT_MS: "1500",
    LOG_LEVEL: "warn",
  };

  const replica = (
    name: string,
    command: string[],
    port: number,
    env: Record<string, string>,
  ) =>
    startReplica({
      ...{ name, command, port, env, onLost },
      logFile: join(folder, `${name}.log`),
    });
  const sandbox = replica(
    "sandbox",
    [
      `--preload=${import.meta.dir}/seeded_random.ts`,
      `${root}/packages/toss-sandbox/main.ts`,
    ],
    sandboxPort,
    {
      STORM_SEED: String(seed),
      TOSS_SANDBOX_PORT: String(sandboxPort),
      TOSS_SANDBOX_DATABASE: join(folder, "toss.sqlite"),
      TOSS_SANDBOX_WEBHOOK_URL: `${front.url}/webhooks/toss`,
    },
  );
  const payments = paymentPorts.map((port, index) =>
    replica(
      `payment-${index + 1}`,
      [`${root}/packages/payment/main.ts`],
      port,
      {
        ...shared,
        PAYMENT_PORT: String(port),
        DATABASE_URL: databases.payment,
        TOSS_API_URL: sandboxUrl,
        TOSS_SECRET_KEY: "test_sk_sandbox",
        TOSS_TIMEOUT_MS: String(tossTimeoutMs),
        TOSS_CALLS_PER_SECOND: "1000",
        RECONCILE_AFTER_MS: "300",
        TRANSACTION_SWEEP_MS: "5000",
      },
    ),
  );
  const orders = orderPorts.map((port, index) =>
    replica(`order-${index + 1}`, [`${root}/packages/order/main.ts`], port, {
      ...shared,
      ORDER_PORT: String(port),
      DATABASE_URL: databases.order,
      PAYMENT_URL: back.url,
      PUBLIC_URL: front.url,
      TOSS_CLIENT_KEY: "test_ck_sandbox",
      TOSS_SDK_URL: `${sandboxUrl}/v2/standard`,
      MERCHANT_API_KEY: merchantKey,
      SESSION_SECRET: "session-secret-of-the-storm",
      RATE_LIMIT_PER_MINUTE: "0",
      SWEEP_MS: "5000",
      ORDER_TTL_MS: "20000",
    }),
  );
  const services: readonly Replica[] = [...orders, ...payments];
  const pools = {
    order: postgres(databases.order, { max: 2, onnotice() {} }),
    payment: postgres(databases.payment, { max: 2, onnotice() {} }),
  };
  await Promise.all([sandbox, ...services].map((each) => each.untilReady()));

  return {
    ...{ kafka, sandboxUrl, services, orderPorts, pools, folder },
    async close() {
      await Promise.all(Object.values(pools).map((pool) => pool.end()));
      await Promise.all(services.map((each) => each.stop()));
      await Promise.all([front.stop(), back.stop(), sandbox.stop()]);
      await Promise.all([server.close(), kafka.close()]);
    },
  };
}

async function createDatabase(server: string, name: string): Promise<string> {
  const admin = postgres(server, { max: 1, onnotice() {} });
  await admin`create database ${admin(name)}`;
  await admin.end();
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}
