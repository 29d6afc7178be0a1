import type { Admin, Kafka } from "kafkajs";
import { escapeUnseenInLines, textTable, UserError } from "@payflow/local-stack";
import { connectKafka } from "@payflow/outbox";
import { ConfigError, readKafkaSettings, silentLog } from "@payflow/shared/http";
import type { Look } from "./kafka_look.ts";
import type { Environment } from "./stack/settings.ts";
import { readStackFile } from "./stack/stack_file.ts";

/**
 * Looks into the Kafka that the environment names, else into that of the stack that runs on `dataDir`. Throws UserError
 * when there is neither, and when it does not answer.
 */
export async function kafkaShell(
  { dataDir, env }: { readonly dataDir: string; readonly env: Environment },
  look: Look,
): Promise<void> {
  const brokers = env["KAFKA_BROKERS"] || readStackFile(dataDir).brokers;
  const kafka = connect({ ...env, KAFKA_BROKERS: brokers });
  const admin = kafka.admin({ retry: { retries: 1 } });
  try {
    await admin.connect();
    if (look.action === "topics") await listTopics(admin);
    else await consume(admin, kafka, look);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `Kafka on ${brokers} does not answer as it should (${(error as Error).message}): see whether it runs, and whether KAFKA_TLS and KAFKA_SASL_… are as it wants them.`,
    );
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

function connect(env: Environment): Kafka {
  try {
    return connectKafka(readKafkaSettings(env, "payflow-look"), silentLog);
  } catch (error) {
    throw error instanceof ConfigError ? new UserError(error.message) : error;
  }
}

async function listTopics(admin: Admin): Promise<void> {
  const names = (await admin.listTopics()).filter((name) => !name.startsWith("__"));
  const rows = await Promise.all(
    names.sort().map(async (topic) => {
      const offsets = await admin.fetchTopicOffsets(topic);
      const messages = offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
      return { topic, partitions: offsets.length, messages };
    }),
  );
  console.log(rows.length > 0 ? textTable(rows) : "There is no topic yet.");
}

async function consume(
  admin: Admin,
  kafka: Kafka,
  { topic, fromBeginning, max }: Extract<Look, { action: "consume" }>,
): Promise<void> {
  const groupId = `payflow-look-${crypto.randomUUID()}`;
  const consumer = kafka.consumer({ groupId });
  const done = Promise.withResolvers<void>();
  process.once("SIGINT", () => done.resolve());
  process.once("SIGTERM", () => done.resolve());
  try {
    if (!(await admin.listTopics()).includes(topic)) {
      throw new UserError(`There is no topic ${topic}: bun run kafka topics lists them.`);
    }
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning });
    let shown = 0;
    await consumer.run({
      eachMessage: async ({ message }) => {
        if (max !== undefined && shown >= max) return;
        console.log(escapeUnseenInLines(message.value?.toString() ?? ""));
        if (++shown === max) done.resolve();
      },
    });
    await done.promise;
  } finally {
    await consumer.disconnect();
    // A group that nobody will use again; gone by itself if this fails.
    await admin.deleteGroups([groupId]).catch(() => undefined);
  }
}
