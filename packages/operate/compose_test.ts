import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { patchedDependencies } from "../../package.json";
import { checkTossKeys, unsafeSettings } from "@payflow/shared/http";

const root = join(import.meta.dir, "..", "..");
const compose = Bun.YAML.parse(await Bun.file(join(root, "compose.yaml")).text()) as {
  services: Record<
    string,
    {
      command?: string[];
      entrypoint?: string[];
      network_mode?: string;
      profiles?: string[];
      read_only?: boolean;
      cap_drop?: string[];
      security_opt?: string[];
      environment?: Record<string, string | number>;
      healthcheck?: { test: string[] };
      depends_on?: Record<string, { condition: string; required?: boolean }>;
      ports?: string[];
      stop_grace_period?: string;
    }
  >;
};
const services = Object.entries(compose.services);

test("compose.yaml has all services, each with a health check, and the command", () => {
  const servers = services.filter(([name]) => name !== "payflow");
  expect(servers.map(([name]) => name).sort()).toEqual([
    "kafka",
    "order",
    "payment",
    "postgres",
    "sandbox",
  ]);
  for (const [name, { healthcheck }] of servers) {
    expect([name, healthcheck?.test[0]]).toEqual([name, "CMD"]);
  }
  expect(services.length).toBe(servers.length + 1);
});

test("the command runs on request, with the services' databases, Kafka and keys", () => {
  const { payflow, order, payment } = compose.services;
  expect(payflow).toMatchObject({ profiles: ["payflow"], network_mode: "service:order" });
  const { DATABASE_URL, ...ofOrder } = order?.environment ?? {};
  const { KAFKA_BROKERS, KAFKA_PREFIX, PAYMENT_URL, TOSS_CLIENT_KEY } = ofOrder;
  expect(payflow?.environment).toMatchObject({
    ORDER_DATABASE_URL: DATABASE_URL,
    PAYMENT_DATABASE_URL: payment?.environment?.["DATABASE_URL"],
    PUBLIC_URL: `\${PUBLIC_URL:-http://localhost:${order?.environment?.["ORDER_PORT"]}}`,
    ...{ KAFKA_BROKERS, KAFKA_PREFIX, PAYMENT_URL, TOSS_CLIENT_KEY },
  });
  // doctor checks them against the services
  for (const secret of ["INTERNAL_API_KEY", "MERCHANT_API_KEY", "SESSION_SECRET"])
    expect(payflow?.environment?.[secret]).toBe(`\${${secret}:?}`);
  expect(payflow?.entrypoint).toEqual(["bun", "packages/operate/main.ts"]);
  expect(existsSync(join(root, payflow?.entrypoint?.[1] ?? ""))).toBe(true);
});

test("compose.yaml runs existing files, after existing services", () => {
  for (const [, { command, depends_on }] of services) {
    if (command?.[0] === "bun") expect(existsSync(join(root, command[1] ?? ""))).toBe(true);
    for (const [part, { condition }] of Object.entries(depends_on ?? {})) {
      expect(compose.services[part]).toBeDefined();
      expect(condition).toBe("service_healthy");
    }
  }
});

const secrets = [
  "POSTGRES_PASSWORD",
  "ORDER_DATABASE_PASSWORD",
  "PAYMENT_DATABASE_PASSWORD",
  "INTERNAL_API_KEY",
  "MERCHANT_API_KEY",
  "SESSION_SECRET",
];

test("compose.yaml contains no keys and passwords, and says how to create them", () => {
  const given = services.flatMap(([, { environment = {} }]) => Object.entries(environment));
  for (const secret of secrets) {
    const uses = given.filter(([, value]) => String(value).includes(`\${${secret}:`));
    expect([secret, uses.length > 0]).toEqual([secret, true]);
    for (const [, value] of uses) expect(String(value)).toMatch(new RegExp(`\\$\\{${secret}:\\?`));
    expect(String(given.find(([name]) => name === secret)?.[1])).toContain(
      "run sh deploy/new_keys.sh >> .env",
    );
  }
  const names = given.map(([name]) => name);
  const others = names.filter(
    (name) => /PASSWORD|SECRET$|API_KEY$/.test(name) && !secrets.includes(name),
  );
  expect(others).toEqual([]);
});

test("deploy/new_keys.sh creates new keys each time, and the services accept them", () => {
  const made = () => {
    const run = Bun.spawnSync(["sh", "deploy/new_keys.sh"], { cwd: root });
    // appended to a .env whose last line has no line end
    const [last, ...lines] = `LOG_LEVEL=info${run.stdout.toString().trimEnd()}`.split("\n");
    expect(last).toBe("LOG_LEVEL=info");
    return Object.fromEntries(lines.map((line) => line.split("=") as [string, string]));
  };
  const [first, second] = [made(), made()];
  expect(Object.keys(first)).toEqual(["COMPOSE_PROFILES", ...secrets]);
  const values = [first, second].flatMap((keys) => secrets.map((name) => keys[name]));
  expect(new Set(values).size).toBe(2 * secrets.length);
  const live = { TOSS_SECRET_KEY: "live_sk_zXLkKEypNArWmo50nX3lmeaxYG5R" };
  expect(unsafeSettings({ ...live, ...first })).toEqual([]);
});

test("without its profile the sandbox is not started, and payment does not wait for it", () => {
  const { sandbox, payment } = compose.services;
  expect(sandbox?.profiles).toEqual(["sandbox"]);
  expect(payment?.depends_on?.["sandbox"]).toEqual({
    condition: "service_healthy",
    required: false,
  });
});

test("compose.yaml and bun start let a service stop for longer than its own limits", async () => {
  const limitIn = async (file: string, name: string) => {
    const text = await Bun.file(join(root, file)).text();
    return Number(new RegExp(`${name}(?: =|:) ([\\d_]+)[;,]`).exec(text)?.[1]?.replaceAll("_", ""));
  };
  const serve = "packages/shared/http/serve.ts";
  const ownMs = (await limitIn(serve, "requestsLimitMs")) + (await limitIn(serve, "stopLimitMs"));
  const localMs = await limitIn("packages/operate/stack/service_process.ts", "stopWithinMs");
  expect(localMs).toBeGreaterThan(ownMs);
  const { order, payment } = compose.services;
  for (const service of [order, payment])
    expect(1_000 * Number.parseInt(service?.stop_grace_period ?? "0", 10)).toBeGreaterThan(ownMs);
});

test("containers have no unneeded privileges", () => {
  for (const [name, service] of services) {
    const { cap_drop, security_opt, read_only } = service;
    expect([name, cap_drop, security_opt]).toEqual([name, ["ALL"], ["no-new-privileges:true"]]);
    // Kafka's entry point writes into its program's folder
    expect([name, read_only === true]).toEqual([name, name !== "kafka"]);
  }
});

/** Variables that compose.yaml sets itself: addresses in its network, and settings of local stacks only. */
const settledHere = new Set([
  "ORDER_HOST",
  "ORDER_PORT",
  "PAYMENT_HOST",
  "PAYMENT_PORT",
  "TOSS_SANDBOX_HOST",
  "TOSS_SANDBOX_PORT",
  "TOSS_SANDBOX_DATABASE",
  "TOSS_SANDBOX_WEBHOOK_URL",
  "DATABASE_URL",
  "PAYMENT_URL",
  "KAFKA_BROKERS",
  "KAFKA_TLS",
  "KAFKA_SASL_MECHANISM",
  "KAFKA_SASL_USERNAME",
  "KAFKA_SASL_PASSWORD",
  // the file is mounted at its default path
  "SHOP_FILE",
]);

const kafka = "packages/shared/http/config.ts";
test.each([
  ["order", ["packages/order/config.ts", kafka]],
  ["payment", ["packages/payment/config.ts", kafka]],
  ["sandbox", ["packages/toss-sandbox/config.ts"]],
])("compose.yaml passes every setting of %s on", async (name, files) => {
  const environment = compose.services[name]?.environment ?? {};
  for (const file of files) {
    const text = await Bun.file(join(root, file)).text();
    const read = text.matchAll(/^ *([A-Z]+(?:_[A-Z]+)+):|\[\s*"([A-Z]+(?:_[A-Z]+)+)",/gm);
    const names = [...read].map((match) => match[1] ?? match[2] ?? "");
    expect(names.length).toBeGreaterThan(5);
    const lost = names.filter(
      (setting) =>
        !settledHere.has(setting) &&
        !new RegExp(`^\\$\\{${setting}:[-?]`).test(String(environment[setting])),
    );
    // the sandbox has keys of its own, not Toss's
    const own = name === "sandbox" ? ["TOSS_CLIENT_KEY", "TOSS_SECRET_KEY"] : [];
    expect(lost).toEqual(own);
  }
});

test("compose.yaml does not complete half a pair of Toss's keys", () => {
  const { TOSS_CLIENT_KEY, TOSS_SECRET_KEY } = compose.services["order"]?.environment ?? {};
  const fault = (env: Record<string, string>) =>
    checkTossKeys({
      TOSS_CLIENT_KEY: interpolated(String(TOSS_CLIENT_KEY), env),
      TOSS_SECRET_KEY: interpolated(String(TOSS_SECRET_KEY), env),
    })[0];
  const pair = { TOSS_CLIENT_KEY: "test_ck_1", TOSS_SECRET_KEY: "test_sk_1" };
  expect(fault({})).toBeUndefined();
  expect(fault(pair)).toBeUndefined();
  expect(fault({ ...pair, TOSS_CLIENT_KEY: "" })).toMatch(/^TOSS_CLIENT_KEY/);
  expect(fault({ ...pair, TOSS_SECRET_KEY: "" })).toMatch(/^TOSS_SECRET_KEY/);
});

/** Replaces `${NAME:-otherwise}` like Compose, also nested. */
function interpolated(text: string, env: Record<string, string>): string {
  const [, name, otherwise] = /^\$\{(\w+):-(.*)\}$/.exec(text) ?? [];
  if (name === undefined) return text;
  return env[name] || interpolated(otherwise ?? "", env);
}

test("compose.yaml opens ports to this machine only", () => {
  const ports = services.flatMap(([, service]) => service.ports ?? []);
  expect(ports.length).toBeGreaterThan(0);
  expect(ports.filter((port) => !port.startsWith("127.0.0.1:"))).toEqual([]);
});

test("the Dockerfile copies what bun install needs: patches, and the manifest of every package", async () => {
  const dockerfile = await Bun.file(join(root, "Dockerfile")).text();
  const [before = ""] = dockerfile.split("RUN bun install");
  for (const patch of Object.values(patchedDependencies))
    expect(before).toContain(`COPY ${dirname(patch)} ${dirname(patch)}\n`);
  const packages = [...new Bun.Glob("packages/*/package.json").scanSync({ cwd: root })];
  expect(packages.length).toBeGreaterThan(5);
  for (const path of [...packages, "ui/package.json"]) {
    expect(dockerfile).toContain(`COPY ${path} ${path.replace("package.json", "")}`);
  }
  // the image's file system is read-only: `payflow` must find the packages recorded as installed
  expect(dockerfile).toMatch(/COPY packages packages[^]*RUN bun -e .*stampInstalled\('\/app'\)/);
});

const docker = (...args: string[]) =>
  Bun.spawnSync(["docker", "compose", ...args], { cwd: root, timeout: 30_000 });
const hasCompose = Bun.which("docker") !== null && docker("version").exitCode === 0;

// Only this test needs the client of Docker; the tests above run everywhere.
if (hasCompose) {
  test("docker compose config accepts compose.yaml", () => {
    const run = docker("config", "--quiet");
    expect(run.stderr.toString()).toBe("");
    expect(run.exitCode).toBe(0);
  });
}
