import { join } from "node:path";
import { freePort, startKafka, startPostgres, type Child, type KafkaOptions } from "../mod.ts";

/** A keeper's report of its server; `address` is the URL or the brokers. */
export type Started = { readonly address: string; readonly port: number };
export type KeptServer = Started & { readonly child: Child };

/** The node of a test's cluster that a keeper runs. */
export type KafkaNode = Pick<KafkaOptions, "controllerPort" | "node" | "heapMb">;
export const kafkaNodeVariable = "PAYFLOW_TEST_KAFKA_NODE";

/** Chosen once, so that a restarted server keeps its port. */
const ports: number[] = [];
const password = crypto.randomUUID();

export async function postgresIn(folder: string): Promise<KeptServer> {
  const port = (ports[0] ??= await freePort());
  const child = await startPostgres({
    dataDir: join(folder, "data"),
    port,
    password,
    // Many test files run in parallel, each with one or two pools.
    connectionsMax: 300,
  });
  return { child, port, address: child.url };
}

export async function kafkaIn(folder: string): Promise<KeptServer> {
  const port = (ports[0] ??= await freePort());
  const env = process.env;
  const dataDir = join(folder, "data");
  const cluster = env[kafkaNodeVariable];
  const child = await startKafka(
    cluster === undefined
      ? { dataDir, port, controllerPort: (ports[1] ??= await freePort()), env }
      : { dataDir, port, env, ...(JSON.parse(cluster) as KafkaNode) },
  );
  return { child, port, address: child.brokers.join(",") };
}
