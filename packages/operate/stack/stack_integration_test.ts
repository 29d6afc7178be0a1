// The whole stack as its user sees it: started from a terminal, and stopped in every
// possible way. All tests share a data folder and ports, so that each start also shows
// that the previous one left nothing behind.
import {
  afterAll,
  afterEach,
  beforeAll,
  describe,
  expect,
  setDefaultTimeout,
  test,
} from "bun:test";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually, freePort } from "@payflow/local-stack/testing";
import { claimCluster, commandLine, isRoot } from "@payflow/local-stack";
import { brokerDir, servicePidFile } from "./data_dirs.ts";
import { reset } from "./reset.ts";
import { readSettings } from "./settings.ts";

setDefaultTimeout(600_000);

const root = join(import.meta.dir, "..", "..", "..");
let dataDir = mkdtempSync(join(tmpdir(), "가게, it's: #%20-"));
const main = join(root, "packages/operate/main.ts");
const proxied: string[] = [];
/** A proxy that is set for every start here; calls between the parts must not use it. */
const proxy = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch(request) {
    proxied.push(`${request.method} ${request.url}`);
    return new Response("the proxy's own page", { status: 502 });
  },
});
const env: Record<string, string | undefined> = {
  ...process.env,
  PAYFLOW_DATA_DIR: dataDir,
  NODE_ENV: undefined,
  // A locale without Korean, and no settings of the developer.
  LC_ALL: "C",
  DATABASE_URL: undefined,
  KAFKA_BROKERS: undefined,
  TOSS_CLIENT_KEY: undefined,
  TOSS_SECRET_KEY: undefined,
  PUBLIC_URL: undefined,
  HTTP_PROXY: proxy.url.href,
  http_proxy: proxy.url.href,
  ALL_PROXY: proxy.url.href,
};
let { settings } = readSettings({ PAYFLOW_DATA_DIR: dataDir }, root);

/** Warnings of transient states, and of those that no user can change. */
const noise = /KafkaJS|SLF4J|\/\.\.\/|ERROR|superuser/;

beforeAll(async () => {
  for (const name of [
    "ORDER_PORT",
    "PAYMENT_PORT",
    "TOSS_SANDBOX_PORT",
    "POSTGRES_PORT",
    "KAFKA_PORT",
    "KAFKA_CONTROLLER_PORT",
  ]) {
    env[name] = String(await freePort());
  }
});

// Ends what a failed test left running, so that it does not affect the next test.
let isUsedByNextTest = false;
afterEach(() => {
  if (!isUsedByNextTest && existsSync(join(dataDir, "stack.pid"))) command("stop");
});

afterAll(async () => {
  await proxy.stop(true);
  reset(settings);
  rmSync(dataDir, { recursive: true, force: true });
});

function command(...words: string[]) {
  const run = Bun.spawnSync([process.execPath, main, ...words], {
    cwd: root,
    env,
    timeout: 600_000,
  });
  return run.stdout.toString() + run.stderr.toString();
}

/** Starts the stack in a terminal and waits until everything runs. */
async function start(
  words = [process.execPath, main, "start"],
  onShown: (shown: string) => void = () => undefined,
) {
  let shown = "";
  const started = Bun.spawn(words, {
    cwd: root,
    env,
    terminal: {
      cols: 120,
      rows: 40,
      data(_, bytes) {
        shown += new TextDecoder().decode(bytes);
        onShown(shown);
      },
    },
  });
  await eventually(() => shown.includes("ready after") || started.exitCode !== null, {
    what: "the stack to run",
    timeoutMs: 90_000,
  });
  if (started.exitCode !== null) throw new Error(`It ended instead of starting: ${shown}`);
  return { process: started, shown: () => shown, pids: stackPids() };
}

/** The stack's own process and all its parts. */
function stackPids(): number[] {
  const files = [
    join(dataDir, "stack.pid"),
    join(brokerDir(settings), "kafka.pid"),
    join(claimCluster(dataDir), "postmaster.pid"),
    ...["order", "payment", "sandbox"].map((name) => servicePidFile(dataDir, name)),
  ];
  return files.map((file) => Number.parseInt(readFileSync(file, "utf8"), 10));
}

function running(pids: number[]): string[] {
  return pids.map(commandLine).filter((line) => line !== undefined);
}

async function expectNothingLeft(pids: number[]): Promise<void> {
  await eventually(() => expect(running(pids)).toEqual([]), {
    what: "all parts to end",
    timeoutMs: 40_000,
  });
  for (const lock of ["stack.pid", "stack.json"]) {
    expect(existsSync(join(dataDir, lock))).toBe(false);
  }
}

async function placeOrder(): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${env["ORDER_PORT"]}/api/orders`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      items: [{ productId: "dev-tool", quantity: 1 }],
      customerName: "김철수",
      customerEmail: "kim@shop.example",
    }),
    signal: AbortSignal.timeout(600_000),
  });
  expect(response.status).toBe(201);
  return ((await response.json()) as { orderId: string }).orderId;
}

/** What the SDK sends to the sandbox to open a payment window. */
const windowOf = (orderId: string, shop: string) => ({
  clientKey: "test_ck_sandbox",
  method: "CARD",
  amount: { currency: "KRW", value: 1000 },
  orderId,
  orderName: "order",
  successUrl: `${shop}/success`,
  failUrl: `${shop}/fail`,
});

describe("a running stack", () => {
  let stack: Awaited<ReturnType<typeof start>>;

  beforeAll(async () => {
    isUsedByNextTest = true;
    stack = await start();
  });

  test("lets orders and messages be read", async () => {
    expect(stack.shown()).toContain(`http://localhost:${env["ORDER_PORT"]}`);
    expect(running(stack.pids)).toHaveLength(6);
    const orderId = await placeOrder();
    expect(command("db", "order", "select id from orders")).toContain(orderId);
    await eventually(() => expect(command("kafka", "topics")).toMatch(/OrderCreated +│ +3 │ +1/));
    const messages = command("kafka", "consume", "OrderCreated", "--from-beginning", "--max", "1");
    expect(messages).toContain(orderId);
    expect(command("start")).toContain("already runs");
  });

  test("has no superuser among its services", () => {
    const role = "select usesuper from pg_user where usename = current_user";
    expect(command("db", "order", role)).toMatch(/^false$/m);
    expect(command("db", "payment", role)).toMatch(/^false$/m);
  });

  test("sends no call between its parts through a proxy of the environment", async () => {
    const orderId = await placeOrder();
    const shop = `http://127.0.0.1:${env["ORDER_PORT"]}`;
    const sandbox = `http://127.0.0.1:${env["TOSS_SANDBOX_PORT"]}`;
    const post = async (url: string, body?: unknown) => {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(600_000),
      });
      return (await response.json()) as Record<string, unknown>;
    };
    const session = await post(`${sandbox}/_sandbox/sessions`, windowOf(orderId, shop));
    const { paymentKey } = session;
    await post(`${sandbox}/_sandbox/sessions/${paymentKey}/authenticate`);
    const confirmed = await post(`${shop}/api/payments/confirm`, {
      paymentKey,
      orderId,
      amount: 1000,
    });
    expect(confirmed).toMatchObject({ status: "DONE" });
    // the sandbox's webhook passes from the order service to the payment service
    await eventually(() =>
      expect(command("db", "payment", "select count(*) from webhooks")).not.toMatch(/^0$/m),
    );
    expect(proxied).toEqual([]);
  });

  test("logs no transient states, and stops everything in order at Ctrl-C", async () => {
    isUsedByNextTest = false;
    expect(stack.shown()).not.toMatch(noise);
    // Twice within a millisecond, as npx sends it.
    stack.process.terminal?.write("\u0003\u0003");
    expect(await stack.process.exited).toBe(0);
    await expectNothingLeft(stack.pids);
  });
});

test("bun run stop stops everything and keeps the data for the next start", async () => {
  const stack = await start();
  expect(command("db", "order", "select count(*) from orders")).toMatch(/^2$/m);
  expect(command("stop")).toContain("stopped");
  expect(await stack.process.exited).toBe(0);
  await expectNothingLeft(stack.pids);
});

test("a closed terminal stops everything", async () => {
  const stack = await start();
  stack.process.terminal?.close();
  await stack.process.exited;
  await expectNothingLeft(stack.pids);
});

test("the end of the parent process stops everything", async () => {
  const stack = await start([process.execPath, "run", "start"]);
  stack.process.kill("SIGKILL");
  await stack.process.exited;
  await expectNothingLeft(stack.pids);
});

test("after SIGKILL the next start ends leftover parts and runs; a part that dies is restarted", async () => {
  const killed = await start();
  const [stackPid] = killed.pids;
  process.kill(stackPid ?? 0, "SIGKILL");
  await killed.process.exited;

  const stack = await start();
  expect(running(killed.pids)).toEqual([]);
  const order = stack.pids[3] ?? 0;
  expect(commandLine(order)).toContain("packages/order/main.ts");
  process.kill(order, "SIGKILL");
  await eventually(() => stack.shown().includes("order is back"), {
    what: "order to be started again",
    timeoutMs: 60_000,
  });
  await placeOrder();

  const pids = stackPids();
  process.kill(pids[0] ?? 0, "SIGTERM");
  expect(await stack.process.exited).toBe(0);
  await expectNothingLeft(pids);
});

test("a PostgreSQL that dies during the start does not end it", async () => {
  const pidFile = join(claimCluster(dataDir), "postmaster.pid");
  let killed = 0;
  const stack = await start(undefined, (shown) => {
    if (killed > 0 || !/postgres +is up/.test(shown)) return;
    killed = Number.parseInt(readFileSync(pidFile, "utf8"), 10);
    process.kill(killed, "SIGKILL");
  });
  expect(killed).toBeGreaterThan(0);
  expect(stack.shown()).toContain("postgres is back");
  await placeOrder();
  expect(command("stop")).toContain("stopped");
  await stack.process.exited;
});

test("when one service does not start, the other ends before its database and Kafka", async () => {
  let shown = "";
  const started = Bun.spawn([process.execPath, main, "start"], {
    cwd: root,
    env: { ...env, TOSS_CALLS_PER_SECOND: "many" },
    terminal: { data: (_, bytes) => void (shown += new TextDecoder().decode(bytes)) },
  });
  expect(await started.exited).toBe(1);
  expect(shown).toContain("payment did not start: The configuration has faults");
  expect(shown).not.toMatch(/ECONNREFUSED|terminating connection/);
});

test("repeated Ctrl-C during the start also ends parts that are being started", async () => {
  const started = Bun.spawn([process.execPath, main, "start"], {
    cwd: root,
    env,
    terminal: { data: () => {} },
  });
  const pidFile = join(brokerDir(settings), "kafka.pid");
  rmSync(pidFile, { force: true });
  const broker = await eventually(() => {
    const pid = Number.parseInt(readFileSync(pidFile, "utf8"), 10);
    expect(running([pid])).toHaveLength(1);
    return pid;
  });
  const impatient = setInterval(() => started.terminal?.write("\x03"), 100);
  expect(await started.exited).toBe(0);
  clearInterval(impatient);
  expect(running([broker])).toEqual([]);
});

test("a moved data folder keeps its orders; a copy and a new folder have none of them", async () => {
  const first = dataDir;
  const use = (path: string) => {
    dataDir = path;
    env["PAYFLOW_DATA_DIR"] = path;
    ({ settings } = readSettings({ PAYFLOW_DATA_DIR: path }, root));
  };
  const moved = `${first}-옮김`;
  renameSync(first, moved);
  use(moved);
  const stack = await start();
  const orderId = await placeOrder();
  expect(command("db", "order", "select id from orders")).toContain(orderId);
  expect(command("stop")).toContain("stopped");
  await stack.process.exited;

  if (isRoot()) {
    cpSync(moved, first, { recursive: true });
    use(first);
    expect(command("start")).toContain(`is a copy of ${moved}`);
    expect(command("reset", "--yes")).toContain("is deleted");
    use(moved);
  }
  const again = await start();
  expect(command("db", "order", "select id from orders")).toContain(orderId);
  expect(command("stop")).toContain("stopped");
  await again.process.exited;

  const file = join(moved, "secrets.json");
  const secrets = readFileSync(file, "utf8");
  const { postgresPassword } = JSON.parse(secrets) as Record<string, string>;
  writeFileSync(file, secrets.replace(postgresPassword ?? "", "another"));
  const output = command("start");
  expect(output).toContain("has another password than this data folder's");
  expect(output).not.toContain("28P01");
  writeFileSync(file, secrets);
});

// Only Linux has all of 127.0.0.0/8; on other systems hosts_test.ts checks the addresses.
if (process.platform === "linux") {
  test("a phone on the same network can use the shop: all addresses have PUBLIC_URL's host", async () => {
    const shop = `http://127.0.0.2:${env["ORDER_PORT"]}`;
    const sandbox = `http://127.0.0.2:${env["TOSS_SANDBOX_PORT"]}`;
    env["PUBLIC_URL"] = shop;
    const stack = await start();
    delete env["PUBLIC_URL"];
    expect(stack.shown()).toContain(`sandbox on ${sandbox}`);
    const seen: string[] = [];
    const look = async (url: string, init: RequestInit = {}) => {
      const response = await fetch(url, {
        redirect: "manual",
        signal: AbortSignal.timeout(600_000),
        ...init,
      });
      const text = await response.text();
      seen.push(JSON.stringify([...response.headers]), text);
      return { response, text };
    };
    const json = (body: unknown) => ({
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const page = await look(`${shop}/`);
    expect(page.response.headers.get("content-security-policy")).toContain(
      `script-src 'self' ${sandbox}`,
    );
    const placed = await look(
      `${shop}/api/orders`,
      json({
        items: [{ productId: "dev-tool", quantity: 1 }],
        customerName: "김철수",
        customerEmail: "kim@shop.example",
      }),
    );
    const { orderId, checkoutUrl } = JSON.parse(placed.text) as {
      orderId: string;
      checkoutUrl: string;
    };
    expect(checkoutUrl).toStartWith(shop);
    const opened = await look(checkoutUrl);
    const cookie = (opened.response.headers.get("set-cookie") ?? "").split(";");
    const order = await look(`${shop}/orders/${orderId}`, { headers: { cookie: cookie[0] ?? "" } });
    expect(order.text).toContain(`${sandbox}/v2/standard`);
    const sdk = await look(`${sandbox}/v2/standard`);
    expect(sdk.response.status).toBe(200);
    const session = await look(`${sandbox}/_sandbox/sessions`, json(windowOf(orderId, shop)));
    const { paymentKey } = JSON.parse(session.text) as { paymentKey: string };
    const authenticated = await look(`${sandbox}/_sandbox/sessions/${paymentKey}/authenticate`, {
      method: "POST",
    });
    expect(authenticated.text).toContain(`${shop}/success`);
    const confirmed = await look(
      `${shop}/api/payments/confirm`,
      json({ paymentKey, orderId, amount: 1000 }),
    );
    expect(confirmed.text).toContain('"DONE"');
    for (const text of seen) expect(text).not.toMatch(/localhost|127\.0\.0\.1/);
    expect(command("stop")).toContain("stopped");
    await stack.process.exited;
  });
}

test("missing things are reported in one list, before anything is started", async () => {
  const taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const run = Bun.spawnSync([process.execPath, main, "start"], {
    cwd: root,
    env: {
      ...env,
      ORDER_PORT: String(taken.port),
      PAYMENT_PORT: "nonsense",
      JAVA_HOME: "/nowhere",
      PATH: "/nowhere",
    },
    timeout: 600_000,
  });
  taken.stop(true);
  expect(run.exitCode).toBe(1);
  const output = run.stderr.toString();
  expect(output).toContain(`Port ${taken.port} is in use by`);
  expect(output).toContain(`(pid ${process.pid})`);
  expect(output).toContain("PAYMENT_PORT");
  expect(output).toContain("Java 17 or later");
});
