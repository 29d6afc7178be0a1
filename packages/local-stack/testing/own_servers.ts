import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { freePort, newClusterId } from "../mod.ts";
import type { KeeperAnswer, KeeperOrder } from "./keeper.ts";
import { kafkaNodeVariable, type KafkaNode } from "./kept_server.ts";
import { keeperCommand, keeperEnvironment, startedIn, type ServerKind } from "./started_servers.ts";
import { currentTestRun } from "./test_run.ts";

/** A server of one test, which the test can stop and restart. */
export type OwnServer = {
  readonly port: number;
  /** A clean shutdown; the data stays. */
  stop(): Promise<void>;
  /** Restarts it on the same port with the same data; resolves when it is ready. */
  start(): Promise<void>;
  /** SIGKILL, like a crash; the data stays. */
  kill(): Promise<void>;
  /** SIGSTOP: it keeps its connections but does not respond until `resume`. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Removes all its data, like the loss of a disk. Only while it is down. */
  wipe(): Promise<void>;
  /** Ends it and removes its data, as the end of the run does too. */
  close(): Promise<void>;
};

export async function ownKafka(): Promise<OwnServer & { brokers: string[] }> {
  const { server, address } = await ownServer("kafka");
  return { ...server, brokers: address.split(",") };
}

/** Three brokers of one cluster, by id. Node 1 has the controller and must not be killed. */
export async function ownKafkaCluster(): Promise<{
  readonly brokers: string[];
  readonly nodes: ReadonlyMap<number, OwnServer>;
}> {
  const controllerPort = await freePort();
  const clusterId = newClusterId();
  const started = await Promise.all(
    [1, 2, 3].map(async (id) => {
      const node = { controllerPort, node: { id, clusterId }, heapMb: 320 };
      const env = { [kafkaNodeVariable]: JSON.stringify(node satisfies KafkaNode) };
      return { id, ...(await ownServer("kafka", env)) };
    }),
  );
  return {
    brokers: started.map(({ address }) => address),
    nodes: new Map(started.map(({ id, server }) => [id, server])),
  };
}

/** `url` is the superuser's URL of the maintenance database. */
export async function ownPostgres(): Promise<OwnServer & { url: string }> {
  const { server, address } = await ownServer("postgres");
  return { ...server, url: address };
}

async function ownServer(
  kind: ServerKind,
  env: Readonly<Record<string, string>> = {},
): Promise<{ server: OwnServer; address: string }> {
  const folder = mkdtempSync(join(currentTestRun().folder, `own-${kind}-`));
  const pending = new Map<number, PromiseWithResolvers<void>>();
  const keeper = Bun.spawn(keeperCommand(kind, folder), {
    env: { ...keeperEnvironment(), ...env },
    stdio: ["ignore", "ignore", "inherit"],
    detached: true,
    ipc({ id, error }: KeeperAnswer) {
      const answer = pending.get(id);
      pending.delete(id);
      if (error === undefined) answer?.resolve();
      else answer?.reject(new Error(error));
    },
  });
  // The keeper watches the run itself, so this process need not wait for it.
  keeper.unref();
  void keeper.exited.then(() => {
    for (const answer of pending.values()) {
      answer.reject(new Error(`The process that runs the ${kind} died.`));
    }
  });
  const { port, address } = await startedIn(folder, keeper);
  const order = (what: KeeperOrder["order"]) => {
    const id = pending.size === 0 ? 1 : Math.max(...pending.keys()) + 1;
    const answer = Promise.withResolvers<void>();
    pending.set(id, answer);
    keeper.send({ id, order: what } satisfies KeeperOrder);
    return answer.promise;
  };
  const server: OwnServer = {
    port,
    stop: () => order("stop"),
    start: () => order("start"),
    kill: () => order("kill"),
    pause: () => order("pause"),
    resume: () => order("resume"),
    wipe: () => rm(join(folder, "data"), { recursive: true, force: true }),
    async close() {
      keeper.kill("SIGTERM");
      await keeper.exited;
    },
  };
  return { server, address };
}
