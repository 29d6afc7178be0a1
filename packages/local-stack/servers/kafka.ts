// Runs Apache Kafka (KRaft) as one process in one folder, by default broker and controller.
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isStackFrame, spawnChild, type Child } from "../supervise/child.ts";
import { findJava, javaEnvironment, oldestJava, type Java } from "./java.ts";
import { classArchive } from "./kafka_class_archive.ts";
import { fetchKafkaJars, kafkaCacheDir, type JarProgress } from "./kafka_jars.ts";
import { serverProperties } from "./kafka_properties.ts";
import { writePidFile } from "../supervise/leftover.ts";
import { endLeftoverBroker } from "./leftover_servers.ts";
import { causeOfDeath, isNoise } from "../supervise/start_failure.ts";
import { untilUp } from "../supervise/until_up.ts";
import { UserError } from "../terminal/user_error.ts";

export type KafkaOptions = {
  readonly dataDir: string;
  readonly port: number;
  readonly controllerPort: number;
  /** In a cluster of several: node 1 has the controller at `controllerPort`, the others join it. */
  readonly node?: { readonly id: number; readonly clusterId: string };
  readonly heapMb?: number;
  readonly env: Record<string, string | undefined>;
  readonly onLine?: (line: string) => void;
  readonly onProgress?: (progress: JarProgress) => void;
};

export type KafkaBroker = Child & {
  readonly port: number;
  readonly brokers: string[];
};

/**
 * Fetches missing jars, formats the folder on first use, ends a broker that a killed start left in
 * it, and resolves when the new broker accepts requests.
 * @throws UserError when Java or the jars are missing, or Kafka does not start
 */
export async function startKafka(options: KafkaOptions): Promise<KafkaBroker> {
  const { dataDir, port, controllerPort, env, heapMb = 512 } = options;
  const node = options.node ?? { id: 1, clusterId: newClusterId() };
  const java = findJava(env);
  if (!java) {
    throw new UserError(
      `Kafka needs Java ${oldestJava} or later and none was found: install it (JAVA_HOME or PATH), or set KAFKA_BROKERS to a Kafka of your own, or use docker compose up.`,
    );
  }
  const jars = kafkaCacheDir(env);
  await fetchKafkaJars(jars, {
    repository: env["PAYFLOW_MAVEN_REPOSITORY"],
    ...(options.onProgress && { onProgress: options.onProgress }),
  });
  mkdirSync(dataDir, { recursive: true });
  const properties = join(dataDir, "server.properties");
  await endLeftoverBroker(dataDir);
  linkJars(dataDir, jars);
  if (!existsSync(join(dataDir, logDir, "meta.properties"))) {
    await format({ dataDir, java, port, controllerPort, node, env });
  }
  writeFileSync(properties, serverProperties({ nodeId: node.id, port, controllerPort, logDir }));
  let ready = false;
  const archive = classArchive(jars, { java, link: jarsLink });
  const child = spawnChild(
    [...javaCommand(java, { heapMb, flags: archive.flags }), "kafka.Kafka", properties],
    {
      env: javaEnvironment(env),
      cwd: dataDir,
      stopWithinMs: 20_000,
      // Lines before it is ready are only kept for the error message.
      onLine: (line) => {
        if (ready && !isNoise(line) && !isStackFrame(line)) options.onLine?.(line);
      },
    },
  );
  writePidFile(join(dataDir, "kafka.pid"), child.pid);
  void child.exited.then((code) => archive.keep(code));
  const brokers = [`127.0.0.1:${port}`];
  try {
    await untilReady(brokers, child, dataDir);
    ready = true;
  } catch (error) {
    await child.kill();
    throw error;
  }
  return { ...child, port, brokers };
}

// Kafka runs in its data folder with relative paths for logs and jars. In an absolute path, a comma
// would split log.dirs and a colon the class path, and the class archive would store a path that
// can change.
const logDir = "log";
const jarsLink = "jars";

function linkJars(dataDir: string, jars: string): void {
  const link = join(dataDir, jarsLink);
  rmSync(link, { force: true });
  symlinkSync(jars, link);
}

function javaCommand(
  java: Java,
  { heapMb, flags }: { heapMb: number; flags: readonly string[] },
): string[] {
  return [
    java.path,
    `-Xmx${heapMb}m`,
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
    ...flags,
    "-cp",
    join(jarsLink, "*"),
  ];
}

async function format(options: {
  dataDir: string;
  java: Java;
  port: number;
  controllerPort: number;
  node: NonNullable<KafkaOptions["node"]>;
  env: KafkaOptions["env"];
}): Promise<void> {
  const { dataDir, java, port, controllerPort, node, env } = options;
  const half = `${logDir}.half`;
  rmSync(join(dataDir, half), { recursive: true, force: true });
  const properties = join(dataDir, "format.properties");
  writeFileSync(
    properties,
    serverProperties({ nodeId: node.id, port, controllerPort, logDir: half }),
  );
  const child = spawnChild(
    [
      ...javaCommand(java, { heapMb: 128, flags: [] }),
      "kafka.tools.StorageTool",
      "format",
      ...(node.id === 1 ? ["--standalone"] : []),
      `--cluster-id=${node.clusterId}`,
      `--config=${properties}`,
    ],
    { env: javaEnvironment(env), cwd: dataDir, stopWithinMs: 1_000 },
  );
  const code = await child.exited;
  if (code !== 0) {
    throw new UserError(
      `Kafka's folder ${dataDir} could not be created: ${causeOfDeath(child, code)}`,
    );
  }
  rmSync(properties);
  renameSync(join(dataDir, half), join(dataDir, logDir));
}

export function newClusterId(): string {
  const id = Buffer.from(crypto.getRandomValues(new Uint8Array(16)));
  // Prevents a leading "-", which the tool would parse as an option.
  id[0]! &= 0x7f;
  return id.toString("base64url");
}

async function untilReady(brokers: string[], child: Child, dataDir: string): Promise<void> {
  const { Kafka, logLevel } = await import("kafkajs");
  const kafka = new Kafka({
    brokers,
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
    connectionTimeout: 1_000,
    requestTimeout: 2_000,
  });
  const end = await untilUp(child, async () => {
    const admin = kafka.admin();
    try {
      await admin.connect();
      await admin.listTopics();
      return "up";
    } catch {
      return "silent";
    } finally {
      await admin.disconnect();
    }
  });
  if (end === "up") return;
  throw new UserError(
    `Kafka did not start on ${dataDir}: ${causeOfDeath(child, end)}. If that folder is damaged, remove it: orders and payments are not in it.`,
  );
}
