import { Kafka, logLevel } from "kafkajs";
import "./quiet_kafkajs.ts";
import { readStackFile } from "./stack_file.ts";
import { textTable } from "./text_table.ts";
import { UserError } from "./user_error.ts";

const usage =
  "Say what to look at: bun run kafka topics, or bun run kafka consume OrderCreated [--from-beginning] [--max N].";

export async function kafkaShell(
  dataDir: string,
  [action, ...words]: string[],
): Promise<void> {
  const { brokers } = readStackFile(dataDir);
  const kafka = new Kafka({
    clientId: "payflow-look",
    brokers: brokers.split(","),
    logLevel: logLevel.NOTHING,
    connectionTimeout: 5_000,
    requestTimeout: 10_000,
    retry: { retries: 3 },
  });
  if (action === "topics") return listTopics(kafka);
  if (action === "consume") return consume(kafka, readConsumeWords(words));
  throw new UserError(usage);
}

export type ConsumeWords = {
  readonly topic: string;
  readonly fromBeginning: boolean;
  /** How many messages to show before it ends; undefined: until Ctrl-C. */
  readonly max: number | undefined;
};

/** @throws UserError when the words make no sense */
export function readConsumeWords(words: readonly string[]): ConsumeWords {
  const rest = [...words];
  const maxAt = rest.indexOf("--max");
  const max = maxAt < 0 ? undefined : Number(rest.splice(maxAt, 2)[1]);
  const topics = rest.filter((word) => !word.startsWith("--"));
  const unknown = rest.filter(
    (word) => word.startsWith("--") && word !== "--from-beginning",
  );
  const [topic] = topics;
  const maxFits = max === undefined || (Number.isInteger(max) && max > 0);
  if (!topic || topics.length > 1 || unknown.length > 0 || !maxFits) {
    throw new UserError(usage);
  }
  return { topic, fromBeginning: rest.includes("--from-beginning"), max };
}

async function listTopics(kafka: Kafka): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const names = (await admin.listTopics()).filter(
      (name) => !name.startsWith("__"),
    );
    const rows = await Promise.all(
      names.sort().map(async (topic) => {
        const offsets = await admin.fetchTopicOffsets(topic);
        const messages = offsets.reduce(
          (sum, { high, low }) => sum + Number(high) - Number(low),
          0,
        );
        return { topic, partitions: offsets.length, messages };
      }),
    );
    console.log(rows.length > 0 ? textTable(rows) : "There is no topic yet.");
  } finally {
    await admin.disconnect();
  }
}

async function consume(kafka: Kafka, words: ConsumeWords): Promise<void> {
  const { topic, fromBeginning, max } = words;
  const admin = kafka.admin();
  await admin.connect();
  const groupId = `payflow-look-${crypto.randomUUID()}`;
  const consumer = kafka.consumer({ groupId });
  const done = Promise.withResolvers<void>();
  process.once("SIGINT", () => done.resolve());
  process.once("SIGTERM", () => done.resolve());
  try {
    if (!(await admin.listTopics()).includes(topic)) {
      throw new UserError(
        `There is no topic ${topic}: bun run kafka topics lists them.`,
      );
    }
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning });
    let shown = 0;
    await consumer.run({
      eachMessage: async ({ message }) => {
        if (max !== undefined && shown >= max) return;
        console.log(message.value?.toString() ?? "");
        if (++shown === max) done.resolve();
      },
    });
    await done.promise;
  } finally {
    await consumer.disconnect();
    // A group that nobody will use again; gone by itself if this fails.
    await admin.deleteGroups([groupId]).catch(() => undefined);
    await admin.disconnect();
  }
}
