import {
  claimCluster,
  fetchKafkaJars,
  kafkaCacheDir,
  type Part,
  startKafka,
  startPostgres,
  type Terminal,
} from "@payflow/local-stack";
import { brokerDir, serviceMain } from "./data_dirs.ts";
import { localUrl } from "./hosts.ts";
import type { Secrets } from "./secrets.ts";
import { serviceEnvironment, type Addresses, type ServiceName } from "./service_environment.ts";
import { startService } from "./service_process.ts";
import type { Environment, Settings } from "./settings.ts";

export type PartsOptions = {
  readonly settings: Settings;
  readonly env: Environment;
  readonly terminal: Terminal;
};

/** Downloads Kafka before the parts are started, since it may take minutes. */
export async function fetchKafka({ env, terminal }: PartsOptions): Promise<void> {
  await fetchKafkaJars(kafkaCacheDir(env), {
    repository: env["PAYFLOW_MAVEN_REPOSITORY"],
    onProgress: ({ bytes, bytesTotal }) => {
      const label = `fetching Kafka (${Math.ceil(bytesTotal / 1e6)} MB)`;
      terminal.progress(label, bytes / bytesTotal);
    },
  });
}

export function postgresPart(
  { settings, terminal }: PartsOptions,
  { postgresPassword: password }: Secrets,
): Part {
  const dataDir = claimCluster(settings.dataDir);
  return {
    name: "postgres",
    start: () =>
      startPostgres({
        dataDir,
        port: settings.ports.postgres,
        password,
        onLine: (line) => {
          if (isWorthReading(line)) terminal.line("postgres", line);
        },
      }),
  };
}

/** False for failed statements, because the services report them. */
function isWorthReading(line: string): boolean {
  return (
    / (WARNING|FATAL|PANIC): /.test(line) && !line.includes("the database system is starting up")
  );
}

export function kafkaPart({ settings, env, terminal }: PartsOptions): Part {
  return {
    name: "kafka",
    start: () =>
      startKafka({
        dataDir: brokerDir(settings),
        port: settings.ports.kafka,
        controllerPort: settings.ports.kafkaController,
        env,
        onLine: (line) => terminal.line("kafka", line),
      }),
  };
}

export function servicePart(
  name: ServiceName,
  stack: PartsOptions & { addresses: Addresses; secrets: Secrets },
): Part {
  const { root, dataDir, ports, hosts } = stack.settings;
  return {
    name,
    start: (signal) =>
      startService({
        name,
        signal,
        main: serviceMain(root, name),
        cwd: root,
        dataDir,
        env: serviceEnvironment(name, stack),
        readyUrl: `${localUrl(hosts[name], ports[name])}/${name === "sandbox" ? "healthz" : "readyz"}`,
        onLine: (line) => stack.terminal.line(name, line),
      }),
  };
}
