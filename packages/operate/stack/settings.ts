// The stack's settings, from the environment. Built-in modules only.
import { browserAddresses, listeningHosts, type BrowserAddresses, type Hosts } from "./hosts.ts";
import { pathFault } from "@payflow/local-stack";
import { dataDirIn } from "./data_dirs.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export type Settings = {
  readonly root: string;
  readonly dataDir: string;
  readonly ports: {
    readonly order: number;
    readonly payment: number;
    readonly sandbox: number;
    readonly postgres: number;
    readonly kafka: number;
    readonly kafkaController: number;
  };
  /** The addresses that the parts listen on. */
  readonly hosts: Hosts;
  /** The addresses by which browsers reach the shop and the sandbox. */
  readonly browser: BrowserAddresses;
  /** Databases on external servers; undefined: the stack starts PostgreSQL. */
  readonly databases: { readonly order: string; readonly payment: string } | undefined;
  /** External Kafka brokers; undefined: the stack starts Kafka. */
  readonly brokers: string | undefined;
  /** Toss itself, with the merchant's keys; otherwise the sandbox. */
  readonly usesToss: boolean;
};

export type PortName = keyof Settings["ports"];

export const portVariables: Record<PortName, string> = {
  order: "ORDER_PORT",
  payment: "PAYMENT_PORT",
  sandbox: "TOSS_SANDBOX_PORT",
  postgres: "POSTGRES_PORT",
  kafka: "KAFKA_PORT",
  kafkaController: "KAFKA_CONTROLLER_PORT",
};

/** PostgreSQL's port is not 5432, because many machines run one there already. */
const defaultPorts = {
  order: 8080,
  payment: 8081,
  sandbox: 9090,
  postgres: 54320,
  kafka: 9092,
};

/** Reads all settings and reports every invalid one, one sentence each. */
export function readSettings(
  env: Environment,
  root: string,
): { settings: Settings; faults: string[] } {
  const faults: string[] = [];
  const port = (name: PortName, otherwise: number) => {
    const text = env[portVariables[name]];
    if (!text) return otherwise;
    const number = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    if (number >= 1 && number <= 65_535) return number;
    faults.push(`${portVariables[name]} is "${text}": give a port from 1 to 65535.`);
    return otherwise;
  };
  const kafka = port("kafka", defaultPorts.kafka);
  const ports = {
    order: port("order", defaultPorts.order),
    payment: port("payment", defaultPorts.payment),
    sandbox: port("sandbox", defaultPorts.sandbox),
    postgres: port("postgres", defaultPorts.postgres),
    kafka,
    kafkaController: port("kafkaController", kafka < 65_535 ? kafka + 1 : kafka - 1),
  };
  const settings: Settings = {
    root,
    dataDir: dataDirIn(root, env),
    ports,
    hosts: listeningHosts(env, ports),
    browser: browserAddresses(env, ports),
    databases: readDatabases(env, faults),
    brokers: env["KAFKA_BROKERS"] || undefined,
    usesToss: Boolean(env["TOSS_CLIENT_KEY"] && env["TOSS_SECRET_KEY"]) && !isSandboxKey(env),
  };
  faults.push(...secretFiles(env), ...samePorts(settings), ...halfTossPair(env));
  faults.push(...pathFaults(settings, env), ...addressFaults(env));
  if (settings.usesToss) faults.push(...unusableProxies(env), ...shortTossKeys(env));
  return { settings, faults };
}

/** The ports that this stack will listen on. */
export function portsInUse(settings: Settings): PortName[] {
  const names: PortName[] = ["order", "payment"];
  if (!settings.usesToss) names.push("sandbox");
  if (!settings.databases) names.push("postgres");
  if (!settings.brokers) names.push("kafka", "kafkaController");
  return names;
}

function readDatabases(env: Environment, faults: string[]): Settings["databases"] {
  const order = env["ORDER_DATABASE_URL"];
  const payment = env["PAYMENT_DATABASE_URL"];
  const server = env["DATABASE_URL"];
  const named = { ORDER_DATABASE_URL: order, PAYMENT_DATABASE_URL: payment };
  for (const [name, url] of Object.entries({ ...named, DATABASE_URL: server })) {
    if (url && !postgresAddress.test(url)) {
      faults.push(`${name} is not an address like postgres://user@host/name.`);
    }
  }
  if (faults.some((fault) => fault.includes("DATABASE_URL"))) return undefined;
  if (order && payment) {
    if (order === payment) {
      faults.push(
        "ORDER_DATABASE_URL and PAYMENT_DATABASE_URL are the same: each service needs a database of its own.",
      );
    }
    return { order, payment };
  }
  if (order || payment) {
    faults.push(
      `${order ? "PAYMENT_DATABASE_URL" : "ORDER_DATABASE_URL"} is missing: set both, or neither.`,
    );
  }
  if (!server) return undefined;
  return { order: onServer(server, "order"), payment: onServer(server, "payment") };
}

/**
 * The part up to the hosts, and the parameters. Not a URL's grammar: several hosts and unescaped passwords are allowed.
 * The service reads the rest.
 */
const postgresAddress = /^(postgres(?:ql)?:\/\/(?:.*@)?[^/?#@]*)(?:\/[^/?#@]*)?(\?[^#]*)?$/;

/** The address of another database on the same server. */
export function onServer(server: string, database: string): string {
  const [, hosts = server, parameters = ""] = postgresAddress.exec(server) ?? [];
  return `${hosts}/${database}${parameters}`;
}

function samePorts(settings: Settings): string[] {
  const byPort = Map.groupBy(portsInUse(settings), (name) => settings.ports[name]);
  return [...byPort]
    .filter(([, names]) => names.length > 1)
    .map(
      ([port, names]) =>
        `${names.map((name) => portVariables[name]).join(" and ")} are both ${port}: give each a port of its own.`,
    );
}

/** Settings `…_FILE`: the services would get them in addition to the stack's value of the same setting. */
function secretFiles(env: Environment): string[] {
  const isSecret = /(^|_)(DATABASE_URL|SMTP_URL|KEY|KEYS_ACCEPTED|SECRET|PASSWORD)_FILE$/;
  const ours = /^(DATABASE|ORDER|PAYMENT|KAFKA|TOSS|MERCHANT|SESSION|INTERNAL|SMTP)_/;
  return Object.keys(env)
    .filter((name) => env[name] && isSecret.test(name) && ours.test(name))
    .map(
      (name) =>
        `${name} is only for services that are started separately: for bun start, set ${name.replace(/_FILE$/, "")} itself, for example in .env.`,
    );
}

const webAddresses = [
  "PUBLIC_URL",
  "PAYMENT_URL",
  "TOSS_API_URL",
  "TOSS_SDK_URL",
  "TOSS_SANDBOX_URL",
  "TOSS_SANDBOX_WEBHOOK_URL",
  "PAYFLOW_MAVEN_REPOSITORY",
];

/** Checks addresses: without http:// a host would be parsed as a scheme, and a broker must have no scheme. */
function addressFaults(env: Environment): string[] {
  const unreadable = webAddresses
    .filter((name) => env[name])
    .filter((name) => !/^https?:$/.test(URL.parse(env[name] ?? "")?.protocol ?? ""))
    .map((name) => `${name} is not an address like http://host:port.`);
  const brokers = (env["KAFKA_BROKERS"] ?? "").split(",").filter(Boolean);
  return brokers.every((broker) => /^\s*[^\s:/]+:\d{1,5}\s*$/.test(broker))
    ? unreadable
    : [...unreadable, "KAFKA_BROKERS is not a list like host:9092,host:9092."];
}

/** Settings that hold a path on this machine. */
const pathSettings = [
  "PAYFLOW_DATA_DIR",
  "SHOP_FILE",
  "TOSS_SANDBOX_DATABASE",
  "JAVA_HOME",
  "XDG_CACHE_HOME",
  "CHROMIUM_PATH",
];

function pathFaults(settings: Settings, env: Environment): string[] {
  const faults = pathSettings.flatMap((name) => {
    const fault = pathFault(env[name] ?? "");
    return fault ? [`${name} ${fault}.`] : [];
  });
  const fault = pathFault(settings.dataDir);
  if (faults.length > 0 || !fault) return faults;
  return [
    `The data folder's path ${JSON.stringify(settings.dataDir)} ${fault}, or set PAYFLOW_DATA_DIR.`,
  ];
}

/** Toss is called through the environment's proxy, and Bun supports only http proxies. */
function unusableProxies(env: Environment): string[] {
  return ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
    .filter((name) => /^(?!https?:)[a-z0-9+]+:\/\//i.test(env[name] ?? ""))
    .map(
      (name) =>
        `${name} is not an http proxy, the only kind through which Toss can be called: set it to http://host:port, or remove it from the environment.`,
    );
}

/** After the prefix (test_sk_ and others) Toss's keys have 28 characters. */
const tossKeyMin = 24;

function shortTossKeys(env: Environment): string[] {
  return ["TOSS_CLIENT_KEY", "TOSS_SECRET_KEY"]
    .filter((name) => {
      const [, , key] = /^(test|live)_\w?[cs]k_(.*)$/.exec(env[name] ?? "") ?? [];
      return key !== undefined && key.length < tossKeyMin;
    })
    .map(
      (name) => `${name} is shorter than Toss's keys are: copy it whole from 개발자센터 > API 키.`,
    );
}

/** The sandbox's own keys select its payment window, or with `test_gck_sandbox` and `test_gsk_sandbox` its widget. */
function isSandboxKey(env: Environment): boolean {
  return /^test_g?ck_sandbox$/.test(env["TOSS_CLIENT_KEY"] ?? "");
}

function halfTossPair(env: Environment): string[] {
  const client = env["TOSS_CLIENT_KEY"];
  const secret = env["TOSS_SECRET_KEY"];
  if (Boolean(client) === Boolean(secret)) return [];
  const [given, missing] = client
    ? ["TOSS_CLIENT_KEY", "TOSS_SECRET_KEY"]
    : ["TOSS_SECRET_KEY", "TOSS_CLIENT_KEY"];
  return [
    `${given} is set and ${missing} is not: copy both from the same box of 개발자센터 > API 키, or set neither to use the sandbox.`,
  ];
}
