import { mkdirSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import {
  freePort,
  ownKafka,
  ownPostgres,
  tcpProxy,
  type TcpProxy,
} from "@payflow/local-stack/testing";
import { startBalancer } from "./balancer.ts";
import { openLosses } from "./losses.ts";
import { randomOf } from "./random.ts";
import { startReplica, type Replica } from "./replica.ts";

export const merchantKey = "merchant-key-of-the-storm";
const internalKey = "internal-key-of-the-storm";
const root = `${import.meta.dir}/../..`;

/** The time-out of calls to Toss; a call that Toss delays for longer has an unknown outcome. */
export const tossTimeoutMs = 2_000;
/** The interval of each sweep; short, so that sweeps overlap with the other mechanisms. */
export const sweepMs = 2_000;

/** One replica's proxied connections; each can be cut without affecting other replicas. */
export type Lines = {
  readonly name: string;
  readonly database: TcpProxy;
  readonly kafka: TcpProxy;
  /** Only payment calls Toss. */
  readonly toss: TcpProxy | undefined;
};

export type StormStack = Awaited<ReturnType<typeof startStormStack>>;

/** Two replicas of each service and the sandbox as processes, on the storm's own PostgreSQL and Kafka. */
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
  const random = randomOf(seed, 2_000_003);
  const orders: Replica[] = [];
  const payments: Replica[] = [];
  const front = startBalancer(() => orders, random.pick);
  const back = startBalancer(() => payments, random.pick);
  const sandboxUrl = `http://127.0.0.1:${sandboxPort}`;
  const shared = {
    KAFKA_BROKERS: kafka.brokers.join(","),
    INTERNAL_API_KEY: internalKey,
    CONFIRM_WAIT_MS: "1500",
    LOG_LEVEL: "warn",
    // long enough that requests reach a process that is stopping
    DRAIN_MS: "300",
  };
  /** A process started before this time may exit, because its database may have been down. */
  let databaseAwayMs = -Infinity;

  const sandbox = startReplica({
    name: "sandbox",
    command: [
      `--preload=${import.meta.dir}/seeded_random.ts`,
      `${root}/packages/toss-sandbox/main.ts`,
    ],
    port: sandboxPort,
    env: {
      STORM_SEED: String(seed),
      TOSS_SANDBOX_PORT: String(sandboxPort),
      TOSS_SANDBOX_DATABASE: join(folder, "toss.sqlite"),
      TOSS_SANDBOX_WEBHOOK_URL: `${front.url}/webhooks/toss`,
    },
    logFile: join(folder, "sandbox.log"),
    onLost,
  });

  async function startService(
    kind: "order" | "payment",
    options: { number: number; port: number },
  ): Promise<{ replica: Replica; lines: Lines }> {
    const { number, port } = options;
    const name = `${kind}-${number}`;
    const to = (target: number) => tcpProxy({ host: "127.0.0.1", port: target });
    const lines: Lines = {
      name,
      database: await to(server.port),
      kafka: await to(kafka.port),
      toss: kind === "payment" ? await to(sandboxPort) : undefined,
    };
    const url = new URL(databases[kind]);
    url.port = String(lines.database.port);
    const replica = startReplica({
      name,
      command: [`--preload=${import.meta.dir}/kafka_detour.ts`, `${root}/packages/${kind}/main.ts`],
      port,
      env: {
        ...shared,
        STORM_KAFKA_PORT: String(kafka.port),
        STORM_KAFKA_PROXY: String(lines.kafka.port),
        DATABASE_URL: url.href,
        ...(kind === "order"
          ? orderEnvironment(port)
          : paymentEnvironment(port, lines.toss?.port ?? sandboxPort)),
      },
      logFile: join(folder, `${name}.log`),
      mayEnd: (begunAtMs) => begunAtMs <= databaseAwayMs,
      onLost,
    });
    return { replica, lines };
  }

  const orderEnvironment = (port: number) => ({
    ORDER_PORT: String(port),
    PAYMENT_URL: back.url,
    PUBLIC_URL: front.url,
    TOSS_CLIENT_KEY: "test_ck_sandbox",
    TOSS_SDK_URL: `${sandboxUrl}/v2/standard`,
    MERCHANT_API_KEY: merchantKey,
    SESSION_SECRET: "session-secret-of-the-storm",
    RATE_LIMIT_PER_MINUTE: "0",
    SWEEP_MS: String(sweepMs),
  });
  const paymentEnvironment = (port: number, tossPort: number) => ({
    PAYMENT_PORT: String(port),
    TOSS_API_URL: `http://127.0.0.1:${tossPort}`,
    TOSS_SECRET_KEY: "test_sk_sandbox",
    TOSS_TIMEOUT_MS: String(tossTimeoutMs),
    TOSS_CALLS_PER_SECOND: "1000",
    RECONCILE_AFTER_MS: "300",
    TRANSACTION_SWEEP_MS: String(sweepMs),
  });

  const begun = await Promise.all(
    servicePorts.map((port, index) =>
      startService(index < 2 ? "order" : "payment", { number: (index % 2) + 1, port }),
    ),
  );
  const services = begun.map(({ replica }) => replica);
  const lines = begun.map((each) => each.lines);
  orders.push(...services.slice(0, 2));
  payments.push(...services.slice(2));
  const pools = {
    order: postgres(databases.order, poolSettings),
    payment: postgres(databases.payment, poolSettings),
  };
  await Promise.all([sandbox, ...services].map((each) => each.untilReady()));

  return {
    server,
    kafka,
    databases,
    sandboxUrl,
    services,
    orders,
    payments,
    lines,
    pools,
    folder,
    front,
    back,
    losses: openLosses(),
    /** A service started within the next `forMs` may find no database and exit. */
    databaseIsAway(forMs = 0) {
      databaseAwayMs = performance.now() + forMs;
    },
    async close() {
      await Promise.all(Object.values(pools).map((pool) => pool.end()));
      await Promise.all(services.map((each) => each.stop()));
      await Promise.all([front.stop(), back.stop(), sandbox.stop()]);
      await Promise.all(
        lines.flatMap(({ database, kafka: line, toss }) =>
          [database, line, toss].map((each) => each?.close()),
        ),
      );
      await Promise.all([server.close(), kafka.close()]);
    },
  };
}

/** The auditor's own connections; they reconnect after 0.1 s. */
const poolSettings = { max: 3, connect_timeout: 5, backoff: () => 0.1, onnotice() {} };

async function createDatabase(server: string, name: string): Promise<string> {
  const admin = postgres(server, { max: 1, onnotice() {} });
  await admin`create database ${admin(name)}`;
  await admin.end();
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}
