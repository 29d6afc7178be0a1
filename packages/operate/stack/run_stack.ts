// Starts all parts, prints their addresses, restarts parts that die, and stops them in order.
import {
  ensureDatabase,
  ensureOwnedDatabase,
  ownedAddress,
  retryWhileUnavailable,
} from "./databases.ts";
import { endLeftovers } from "./leftover_parts.ts";
import { secretsIn } from "./secrets.ts";
import type { Addresses, ServiceName } from "./service_environment.ts";
import { removeStackFile, writeStackFile } from "./stack_file.ts";
import {
  fetchKafka,
  kafkaPart,
  postgresPart,
  servicePart,
  type PartsOptions,
} from "./stack_parts.ts";
import { type Part, type StopRequest, SupervisedPart } from "@payflow/local-stack";
import { summary } from "./summary.ts";

type Stack = PartsOptions & {
  readonly stop: StopRequest;
  /** In start order; the parts of one inner list start together. */
  readonly parts: SupervisedPart[][];
  readonly stopping: AbortController;
};

/** Runs the stack until a stop is requested; data is kept. */
export async function runStack(
  options: PartsOptions & { readonly stop: StopRequest },
): Promise<void> {
  const { terminal, stop } = options;
  const stack: Stack = { ...options, parts: [], stopping: new AbortController() };
  const starting = startParts(stack);
  // After a stop request, a failed start does not matter.
  starting.catch(() => undefined);
  try {
    await Promise.race([starting, stop.requested]);
    terminal.say(`stopping: ${await stop.requested}`);
  } finally {
    stack.stopping.abort();
    await Promise.race([stopParts(stack), stop.requestedAgain]);
    await killParts(stack);
    terminal.say("stopped; the data is kept");
  }
}

async function startParts(stack: Stack): Promise<void> {
  const { settings, env, terminal } = stack;
  const startedAt = performance.now();
  const secrets = secretsIn(settings.dataDir);
  const server = `postgres://postgres:${secrets.postgresPassword}@127.0.0.1:${settings.ports.postgres}/postgres`;
  const addresses: Addresses = {
    orderDatabase: settings.databases?.order ?? ownedAddress(server, "order"),
    paymentDatabase: settings.databases?.payment ?? ownedAddress(server, "payment"),
    brokers: settings.brokers ?? `127.0.0.1:${settings.ports.kafka}`,
  };
  const service = (name: ServiceName): Part => servicePart(name, { ...stack, addresses, secrets });
  if (!settings.brokers) await fetchKafka(stack);
  await startTogether(stack, [
    ...(settings.databases ? [] : [postgresPart(stack, secrets)]),
    ...(settings.brokers ? [] : [kafkaPart(stack)]),
    ...(settings.usesToss ? [] : [service("sandbox")]),
  ]);
  for (const url of [addresses.orderDatabase, addresses.paymentDatabase])
    await retryWhileUnavailable(() =>
      settings.databases ? ensureDatabase(url) : ensureOwnedDatabase(server, url),
    );
  await startTogether(stack, [service("payment"), service("order")]);
  writeStackFile(settings.dataDir, addresses);
  const merchantApiKey = env["MERCHANT_API_KEY"] || secrets.merchantApiKey;
  terminal.block(summary({ settings, addresses, merchantApiKey }));
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  terminal.say(`ready after ${seconds} s; service logs follow`);
}

/** A part may fail to start because a part that it needs has died; after this many times the error is thrown. */
const startsAgainMax = 5;
/** Interval of a progress line, so that a long migration does not look like a hang. */
const stillStartingMs = 30_000;

async function startTogether(stack: Stack, parts: Part[]): Promise<void> {
  const { say } = stack.terminal;
  const before = stack.parts.flat();
  const supervised = parts.map((part) => new SupervisedPart(part, { say }));
  stack.parts.push(supervised);
  const start = async (part: SupervisedPart, name: string) => {
    const reminder = setInterval(() => say(`${name} is still starting`), stillStartingMs);
    try {
      for (let tries = 0; ; tries++) {
        stack.stopping.signal.throwIfAborted();
        const deaths = () => before.reduce((sum, each) => sum + each.deaths, 0);
        const deathsBefore = deaths();
        try {
          return await part.start();
        } catch (error) {
          if (deaths() === deathsBefore || tries >= startsAgainMax) throw error;
          say(`${name} could not start while another part was unavailable; retrying`);
        }
      }
    } finally {
      clearInterval(reminder);
    }
  };
  await Promise.all(
    supervised.map(async (part, index) => {
      const name = parts[index]?.name ?? "";
      await start(part, name);
      say(`${name} is up`);
    }),
  );
}

/** Stops the parts in reverse start order: dependencies last. */
async function stopParts({ parts, settings }: Stack): Promise<void> {
  for (const together of parts.toReversed()) {
    await Promise.all(together.map((part) => part.stop()));
  }
  await endLeftovers(settings);
}

async function killParts({ parts, settings }: Stack): Promise<void> {
  await Promise.all(parts.flat().map((part) => part.kill()));
  // a part whose start was interrupted is only known by its pid file
  await endLeftovers(settings, "SIGKILL");
  removeStackFile(settings.dataDir);
}
