import type { Admin, Kafka } from "kafkajs";
import {
  escapeUnseenInLines,
  listed,
  UserError,
  wholeNumber,
  type Io,
  type Output,
  type ReadWords,
} from "@payflow/local-stack";
import { connectKafka } from "@payflow/outbox";
import { ConfigError, readKafkaSettings, silentLog } from "@payflow/shared/http";
import type { Work } from "./context.ts";
import type { Environment } from "./stack/settings.ts";
import { readStackFile } from "./stack/stack_file.ts";

type KafkaPlace = { readonly kafka: Kafka; readonly admin: Admin; readonly prefix: string };

/**
 * A command on the Kafka that the environment names, else on that of the stack on this machine. Throws UserError when
 * there is neither, and when it does not answer.
 */
export function withKafka(
  work: (given: ReadWords, place: KafkaPlace, io: Io) => Promise<Output | void>,
): Work {
  return async (given, { env, dataDir }, io) => {
    const brokers = env["KAFKA_BROKERS"] || readStackFile(dataDir).brokers;
    const kafka = connect({ ...env, KAFKA_BROKERS: brokers });
    const admin = kafka.admin({ retry: { retries: 1 } });
    try {
      await admin.connect();
      return await work(given, { kafka, admin, prefix: env["KAFKA_PREFIX"] ?? "" }, io);
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw new UserError(
        `Kafka on ${brokers} does not answer as it should (${(error as Error).message}): see whether it runs, and whether KAFKA_TLS and KAFKA_SASL_… are as it wants them.`,
      );
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  };
}

function connect(env: Environment): Kafka {
  try {
    return connectKafka(readKafkaSettings(env, "payflow-look"), silentLog);
  } catch (error) {
    throw error instanceof ConfigError ? new UserError(error.message) : error;
  }
}

/** The topics with their numbers of messages. */
export const listTopics = withKafka(async (_, { admin }) => {
  const names = (await admin.listTopics()).filter((name) => !name.startsWith("__"));
  const rows = await Promise.all(
    names.sort().map(async (topic) => {
      const offsets = await admin.fetchTopicOffsets(topic);
      const messages = offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
      return { topic, partitions: offsets.length, messages };
    }),
  );
  return listed(rows, "There is no topic yet.");
});

/** The values of a topic's messages: the first `--max`, or all until Ctrl-C. */
export const consume = withKafka(async ({ words, flags, values }, { kafka, admin }, io) => {
  const [topic = ""] = words;
  const max = values["max"] === undefined ? Infinity : wholeNumber("max", values["max"]);
  const groupId = `payflow-look-${crypto.randomUUID()}`;
  const consumer = kafka.consumer({ groupId });
  const done = Promise.withResolvers<void>();
  io.stopped().addEventListener("abort", () => done.resolve());
  try {
    if (!(await admin.listTopics()).includes(topic))
      throw new UserError(`There is no topic ${topic}: bun run payflow kafka topics lists them.`);
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: flags["from-beginning"] === true });
    let shown = 0;
    await consumer.run({
      eachMessage: async ({ message }) => {
        if (shown >= max) return;
        await io.print(`${escapeUnseenInLines(message.value?.toString() ?? "")}\n`);
        if (++shown === max) done.resolve();
      },
    });
    await done.promise;
  } finally {
    await consumer.disconnect();
    // A group that nobody will use again; gone by itself if this fails.
    await admin.deleteGroups([groupId]).catch(() => undefined);
  }
});
