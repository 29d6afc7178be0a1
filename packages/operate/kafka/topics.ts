import {
  didYouMean,
  escapeUnseenInLines,
  listed,
  UsageError,
  UserError,
  wholeNumber,
  type ReadWords,
} from "@payflow/local-stack";
import { readTopicStates } from "@payflow/outbox";
import { orderEventTypes, paymentEventTypes } from "@payflow/shared";
import { timeOption } from "../time_option.ts";
import { withKafka, type KafkaPlace } from "./kafka_place.ts";
import { readMessages, type ReadFrom, type TopicMessage } from "./read_messages.ts";

/** Lists the topics with their numbers of messages. */
export const listTopics = withKafka(async (_, place) => {
  const rows: Readonly<Record<string, unknown>>[] = [];
  // sequentially: Kafka may have thousands of topics
  for (const topic of await topicNames(place)) {
    const offsets = await place.admin.fetchTopicOffsets(place.prefix + topic);
    const messages = offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
    rows.push({ topic, partitions: offsets.length, messages });
  }
  return listed(rows, "No topics yet.");
});

/** Shows the lag of each service by topic. */
export const topicLag = withKafka(async (_, { kafka, prefix }) => {
  const topics = [...orderEventTypes, ...paymentEventTypes];
  const states = await readTopicStates(kafka, { prefix, topics, groups: ["order", "payment"] });
  return listed(
    states.flatMap(({ topic, messages, groups }) =>
      groups.map(({ group, lag }) => ({ group, topic, messages, lag })),
    ),
    "No group has read a topic yet.",
  );
});

/** Follows a topic, one line per message. */
export const tailTopic = withKafka(async ({ words: [topic = ""], flags, values }, place, io) => {
  const max = wholeNumber("max", values["max"] ?? "");
  const { key } = values;
  const write = flags["json"]
    ? (message: TopicMessage) => JSON.stringify({ ...message, value: parsed(message.value) })
    : ({ partition, offset, at, key, value }: TopicMessage) =>
        escapeUnseenInLines(`${at}  ${partition}:${offset}  ${key ?? "-"}  ${textOf(value)}`);
  let shown = 0;
  await readMessages(place, {
    topics: [await existing(place, topic)],
    from: startOf({ flags, values }),
    stopped: io.stopped(),
    onReady: () => io.note(`Reading ${topic}, up to --max ${max}; Ctrl-C ends.`),
    async onMessage(message) {
      if (key !== undefined && message.key !== key) return true;
      await io.print(`${write(message)}\n`);
      return ++shown < max;
    },
  });
});

/** Prints the unchanged values of a topic's messages. */
export const consumeTopic = withKafka(async ({ words: [topic = ""], flags, values }, place, io) => {
  const max = values["max"] === undefined ? Infinity : wholeNumber("max", values["max"]);
  let shown = 0;
  await readMessages(place, {
    topics: [await existing(place, topic)],
    from: flags["from-beginning"] ? "beginning" : "now",
    stopped: io.stopped(),
    async onMessage({ value }) {
      await io.print(`${escapeUnseenInLines(textOf(value))}\n`);
      return ++shown < max;
    },
  });
});

/** Where to start: now, `--since` or `--from-beginning`. */
export function startOf({ flags, values }: Pick<ReadWords, "flags" | "values">): ReadFrom {
  const { since } = values;
  const isWhole = flags["from-beginning"] === true;
  if (since !== undefined && isWhole)
    throw new UsageError("--since and --from-beginning exclude each other");
  if (isWhole) return "beginning";
  return since === undefined ? "now" : { since: timeOption("since", since) };
}

async function existing(place: KafkaPlace, topic: string): Promise<string> {
  const names = await topicNames(place);
  if (names.includes(topic)) return topic;
  throw new UserError(
    `There is no topic ${topic}${didYouMean(topic, names) || ": bun run payflow topics list shows them."}`,
  );
}

/** The names without the prefix, without Kafka's internal topics. */
async function topicNames({ admin, prefix }: KafkaPlace): Promise<string[]> {
  return (await admin.listTopics())
    .filter((name) => name.startsWith(prefix) && !name.startsWith("__"))
    .map((name) => name.slice(prefix.length))
    .sort();
}

const textOf = (value: Buffer | null) => value?.toString() ?? "";

/** A message's value, parsed if it is JSON. */
export function parsed(value: Buffer | null): unknown {
  const text = textOf(value);
  try {
    return JSON.parse(text);
  } catch {
    return value === null ? null : text;
  }
}
