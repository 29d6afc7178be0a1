import type { Mutation } from "./mutation.ts";

const consumer = "packages/outbox/kafka_consumer.ts";
const handler = "packages/outbox/chunk_handler.ts";
const consumerTest = "packages/outbox/kafka_consumer_integration_test.ts";
const signature = "packages/outbox/event_signature.ts";
const signatureTest = "packages/outbox/event_signature_test.ts";
const relay = "packages/outbox/outbox_relay.ts";
const relayTest = "packages/outbox/outbox_relay_integration_test.ts";
const topicSettings = "packages/outbox/topics.ts";
const deadLetters = "packages/outbox/dead_letters.ts";

const unsigned = { file: consumerTest, name: "stores messages without a valid signature" };
const flood = { file: consumerTest, name: "a flood of unsigned messages" };
const recreated = { file: consumerTest, name: "reads a topic that was recreated" };

/** Forged events, lost brokers, and replicas without a connection to Kafka. */
export const kafkaMutations: readonly Mutation[] = [
  {
    rule: "An event without a valid signature takes no effect",
    broken: "it is handled like any other",
    file: handler,
    find: 'isSigned(message) ? "signed" : "unsigned"',
    replace: 'isSigned(message) ? "signed" : "signed"',
    killer: unsigned,
  },
  {
    rule: "An event without a valid signature takes no effect",
    broken: "any signature is accepted",
    file: signature,
    find: "given.length === expected.length && timingSafeEqual(given, expected)",
    replace: "given.length === expected.length",
    killer: unsigned,
  },
  {
    rule: "An event without a valid signature takes no effect",
    broken: "it is dropped without a record",
    file: handler,
    find: "unsigned.length === 0 || refuse(batch, unsigned),",
    replace: "true,",
    killer: unsigned,
  },
  {
    rule: "A signature covers topic, key, id and time as well as the value",
    broken: "it covers only the value",
    file: signature,
    find: 'const parts = [topic, key, headers["ce_id"], headers["ce_time"]];',
    replace: "const parts = [topic, key, headers].slice(3);",
    killer: { file: signatureTest },
  },
  {
    rule: "While keys are rotated, signatures of both are accepted",
    broken: "only those of the current key are",
    file: signature,
    find: "[current, ...accepted].some((key) => {",
    replace: "[current].some((key) => {",
    killer: { file: signatureTest },
  },
  {
    rule: "Forged messages can't fill the disk",
    broken: "all of them are kept",
    file: deadLetters,
    find: "(${isSigned ? sql`null` : room})",
    replace: "(${isSigned || room ? sql`null` : room})",
    killer: flood,
  },
  {
    rule: "Forged messages can't fill the disk",
    broken: "large ones are kept in full",
    file: deadLetters,
    find: "if (bytes <= unsignedBytesMax) return letter;",
    replace: "if (bytes > 0) return letter;",
    killer: flood,
  },
  {
    rule: "A row counts as published only after Kafka's acknowledgement",
    broken: "it is deleted while it is being sent",
    file: relay,
    find: "send(rows)])",
    replace: "send(rows), deleteWaiting(rows)])",
    killer: { file: relayTest, name: "no row is deleted before" },
  },
  {
    rule: "An event is acknowledged only when enough brokers have it",
    broken: "only the leader acknowledges it",
    file: "packages/outbox/kafka.ts",
    find: "acks: -1,",
    replace: "acks: 1,",
    killer: {
      file: "packages/outbox/kafka_replicas_integration_test.ts",
      name: "an event that only the leader has",
    },
  },
  {
    rule: "Unsafe topic settings are reported",
    broken: "a topic that can lose acknowledged events is not",
    file: topicSettings,
    find: 'configs["unclean.leader.election.enable"] === "true"',
    replace: 'configs["unclean.leader.election.enable"] === "yes"',
    killer: { file: "packages/outbox/topics_test.ts" },
  },
  {
    rule: "Unsafe topic settings are reported",
    broken: "the settings are not read",
    file: "packages/outbox/topics.ts",
    find: "await check();",
    replace: "void check;",
    killer: {
      file: "packages/outbox/topics_integration_test.ts",
      name: "logs each unsafe setting in one sentence",
    },
  },
  {
    rule: "A relay that can't reach Kafka releases its leases",
    broken: "it keeps them",
    file: relay,
    find: "        await leases.release();\n      }\n      throw error;",
    replace: "      }\n      throw error;",
    killer: { file: relayTest, name: "a relay that can't reach Kafka" },
  },
  {
    rule: "A relay that can't reach Kafka releases its leases",
    broken: "it acquires them again before Kafka responds",
    file: relay,
    find: "      await producer.check(failedTopic);\n",
    replace: "",
    killer: { file: relayTest, name: "a relay that can't reach Kafka" },
  },
  {
    rule: "A consumer that can't reach its database gives up its partitions",
    broken: "it keeps them",
    file: consumer,
    find: "if (awayMs < leaveAfterMs) return;",
    replace: "if (awayMs < Infinity) return;",
    killer: { file: consumerTest, name: "can't reach its database" },
  },
  {
    rule: "An offset is committed only when its messages have taken effect",
    broken: "it is committed before they are handled",
    file: consumer,
    find: "      const done = await whileBeating(payload, (isStale) =>",
    replace:
      "      await commit(payload, chunk, undefined);\n      const done = await whileBeating(payload, (isStale) =>",
    killer: { file: consumerTest, name: "an offset is committed only when" },
  },
  {
    rule: "A recreated topic is read from its beginning",
    broken: "its new id is not detected",
    file: consumer,
    find: "if (changed.length > 0 && session === current) await leave(current);",
    replace: "void changed;",
    killer: recreated,
  },
  {
    rule: "A recreated topic is read from its beginning",
    broken: "the offsets of the deleted topic are used",
    file: consumer,
    find: "const isAnother = id && metadata && metadata !== id;",
    replace: "const isAnother = id && metadata && metadata === id + id;",
    killer: recreated,
  },
  {
    rule: "A recreated topic is read from its beginning",
    broken: "offsets do not record the topic's id",
    file: consumer,
    find: "metadata: ids.get(topic) ?? null",
    replace: "metadata: null",
    killer: recreated,
  },
];
