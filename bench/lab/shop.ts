// Runs order, payment and the sandbox, each as one or more processes of its main.ts.
import { mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "@payflow/local-stack/testing";
import type { Servers } from "./servers.ts";

const root = join(import.meta.dir, "../..");
/** Nothing listens on this port, so a service with this address finds no Kafka. */
const noKafka = "127.0.0.1:9";
export const merchantKey = "merchant-key-of-the-bench";

export type ShopOptions = {
  readonly name: string;
  /** Where processes write their logs, and profiles. */
  readonly folder: string;
  /** The number of processes: by default one of order and none of payment. */
  readonly order?: number;
  readonly payment?: number;
  readonly sandbox?: boolean;
  /** False: the services find no Kafka, so the relay and the consumers do no work. */
  readonly kafka?: boolean;
  /** Names of existing databases; missing ones are created. */
  readonly databases?: { readonly order?: string; readonly payment?: string };
  readonly topicPrefix?: string;
  /** Only order is profiled; the profile is written to the folder when order stops. */
  readonly cpuProfile?: boolean;
};

export type ShopPids = {
  readonly order: readonly number[];
  readonly payment: readonly number[];
  readonly sandbox: readonly number[];
};

export type Shop = {
  readonly name: string;
  readonly orderPorts: readonly number[];
  readonly paymentPorts: readonly number[];
  /** Host and port of order, as in a Host header. */
  readonly host: string;
  readonly url: string;
  readonly sandboxUrl: string;
  readonly databases: { readonly order: string; readonly payment: string };
  readonly topicPrefix: string;
  readonly pids: ShopPids;
  /** From the start of the processes to the first "ready" of each. */
  readonly readyMs: { readonly order: number; readonly payment: number };
  stop(): Promise<void>;
};

type Part = { readonly port: number; readonly child: Bun.Subprocess; readonly readyMs: number };

export async function startShop(servers: Servers, options: ShopOptions): Promise<Shop> {
  const { name, folder, kafka = true, databases = {} } = options;
  mkdirSync(folder, { recursive: true });
  const count = { order: options.order ?? 1, payment: options.payment ?? 0 };
  const topicPrefix = options.topicPrefix ?? `${name}.`;
  const [order, payment] = [
    databases.order ?? `${name}_order`,
    databases.payment ?? `${name}_payment`,
  ];
  if (databases.order === undefined) await servers.createDatabase(order);
  if (databases.payment === undefined && count.payment > 0) await servers.createDatabase(payment);
  const ports = {
    order: await freePorts(count.order),
    payment: await freePorts(Math.max(1, count.payment)),
    sandbox: await freePort(),
  };
  const host = `localhost:${ports.order[0]}`;
  const url = `http://${host}`;
  const sandboxUrl = `http://localhost:${ports.sandbox}`;
  const shared = {
    KAFKA_BROKERS: kafka ? servers.brokers.join(",") : noKafka,
    KAFKA_PREFIX: topicPrefix,
    INTERNAL_API_KEY: "internal-key-of-the-bench",
    LOG_LEVEL: "warn",
    DRAIN_MS: "0",
  };
  const profile = options.cpuProfile ? ["--cpu-prof", `--cpu-prof-dir=${folder}`] : [];
  const startAll = <T>(many: readonly number[], start: (port: number) => Promise<T>) =>
    Promise.all(many.map(start));
  const spawn = { folder, name };

  const [sandboxes, payments, orders] = await Promise.all([
    startAll(options.sandbox ? [ports.sandbox] : [], (port) =>
      startPart(spawn, {
        part: "toss-sandbox",
        port,
        readyPath: "/healthz",
        env: {
          TOSS_SANDBOX_PORT: String(port),
          TOSS_SANDBOX_DATABASE: join(folder, `${name}-sandbox.sqlite`),
          TOSS_SANDBOX_WEBHOOK_URL: `http://localhost:${ports.order[0]}/webhooks/toss`,
        },
      }),
    ),
    startAll(count.payment > 0 ? ports.payment : [], (port) =>
      startPart(spawn, {
        part: "payment",
        port,
        readyPath: "/readyz",
        needsKafka: kafka,
        env: {
          ...shared,
          DATABASE_URL: servers.urlOf(payment),
          PAYMENT_PORT: String(port),
          TOSS_API_URL: sandboxUrl,
          TOSS_SECRET_KEY: "test_sk_sandbox",
          TOSS_CALLS_PER_SECOND: "10000",
        },
      }),
    ),
    startAll(ports.order, (port) =>
      startPart(spawn, {
        part: "order",
        port,
        readyPath: "/readyz",
        needsKafka: kafka,
        bunFlags: profile,
        env: {
          ...shared,
          DATABASE_URL: servers.urlOf(order),
          ORDER_PORT: String(port),
          PAYMENT_URL: `http://127.0.0.1:${ports.payment[0]}`,
          PUBLIC_URL: url,
          TOSS_CLIENT_KEY: "test_ck_sandbox",
          TOSS_SDK_URL: `${sandboxUrl}/v2/standard`,
          MERCHANT_API_KEY: merchantKey,
          SESSION_SECRET: "session-secret-of-the-bench",
          RATE_LIMIT_PER_MINUTE: "0",
        },
      }),
    ),
  ]);
  const pidsOf = (many: readonly Part[]) => many.map(({ child }) => child.pid);
  const readyMs = (many: readonly Part[]) => Math.max(0, ...many.map((each) => each.readyMs));
  return {
    name,
    orderPorts: ports.order,
    paymentPorts: count.payment > 0 ? ports.payment : [],
    host,
    url,
    sandboxUrl,
    databases: { order, payment },
    topicPrefix,
    pids: { order: pidsOf(orders), payment: pidsOf(payments), sandbox: pidsOf(sandboxes) },
    readyMs: { order: readyMs(orders), payment: readyMs(payments) },
    async stop() {
      await Promise.all([...orders, ...payments].map(({ child }) => ended(child)));
      await Promise.all(sandboxes.map(({ child }) => ended(child)));
    },
  };
}

async function startPart(
  { folder, name }: { folder: string; name: string },
  options: {
    readonly part: "order" | "payment" | "toss-sandbox";
    readonly port: number;
    readonly readyPath: string;
    readonly needsKafka?: boolean;
    readonly bunFlags?: readonly string[];
    readonly env: Record<string, string>;
  },
): Promise<Part> {
  const { part, port, readyPath, needsKafka = false, bunFlags = [], env } = options;
  const begun = performance.now();
  let readyMs: number | undefined;
  const logFile = join(folder, `${name}-${part}-${port}.log`);
  const log = openSync(logFile, "a");
  const child = Bun.spawn(
    [
      process.execPath,
      "--no-orphans",
      "--no-env-file",
      ...bunFlags,
      join(root, `packages/${part}/main.ts`),
    ],
    {
      cwd: root,
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"], NODE_NO_WARNINGS: "1", ...env },
      stdio: ["ignore", log, log],
    },
  );
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`${part} ended at its start:\n${await Bun.file(logFile).text()}`);
    if (performance.now() - begun > 120_000)
      throw new Error(`${part} did not become ready within two minutes: see ${logFile}`);
    const answer = await healthOf(`http://localhost:${port}${readyPath}`);
    if (answer !== undefined) readyMs ??= performance.now() - begun;
    if (readyMs !== undefined && !(needsKafka && isWithoutKafka(answer))) break;
    await Bun.sleep(10);
  }
  return { port, child, readyMs };
}

/** The body of a successful health response; undefined otherwise. */
async function healthOf(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(3_000) });
    const text = await response.text();
    return response.ok ? text : undefined;
  } catch {
    return undefined;
  }
}

/** True while the service has no Kafka connection yet, or did not respond. */
function isWithoutKafka(health: string | undefined): boolean {
  return health === undefined || /"kafka": ?"down"/.test(health);
}

async function ended(child: Bun.Subprocess): Promise<void> {
  child.kill("SIGTERM");
  const kill = setTimeout(() => child.kill("SIGKILL"), 30_000);
  await child.exited;
  clearTimeout(kill);
}

/** Sequential, because two concurrent calls may find the same port. */
async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}
