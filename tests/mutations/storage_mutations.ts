import type { Mutation } from "./mutation.ts";

const saves = "packages/outbox/saves.ts";
const savesTest = "packages/outbox/saves_integration_test.ts";
const relay = "packages/outbox/outbox_relay.ts";
const relayTest = "packages/outbox/outbox_relay_integration_test.ts";
const consumer = "packages/outbox/kafka_consumer.ts";
const consumerTest = "packages/outbox/kafka_consumer_integration_test.ts";

/** How decisions are written, told and taken. */
export const storageMutations: readonly Mutation[] = [
  {
    rule: "A change is written only on the version it was decided on",
    broken: "the version is not compared",
    file: saves,
    find: " and a.version = i.follows",
    replace: "",
    killer: { file: savesTest, name: "writes a change once, and only on the version before it" },
  },
  {
    rule: "Only what was written is told",
    broken: "events of a change that lost its race go out all the same",
    file: saves,
    find: "  join saved s on s.id = e.aggregate_id and s.version = e.version\n",
    replace: "",
    killer: { file: savesTest, name: "changes to 10 accounts by many at once" },
  },
  {
    rule: "A message takes effect once",
    broken: "the inbox is not asked",
    file: saves,
    find: "where i.message_id is null or not exists (select 1 from inbox where inbox.message_id = i.message_id)",
    replace: "where true",
    killer: { file: savesTest, name: "a message takes effect once" },
  },
  {
    rule: "Two changes of one aggregate never share a statement",
    broken: "they do",
    file: "packages/outbox/gather.ts",
    find: "batch.length < max && !keys.has(key)",
    replace: "batch.length < max",
    killer: { file: "packages/outbox/gather_test.ts" },
  },
  {
    rule: "A lost commit answer is not a refusal",
    broken: "the history is not asked whether the change was written",
    file: saves,
    find: "await correct(inOrder, await write(inOrder))",
    replace: "await write(inOrder)",
    killer: { file: savesTest, name: "a change is saved, not stale" },
  },
  {
    rule: "A row counts as published only when Kafka has acknowledged it",
    broken: "it is marked before it is sent",
    file: relay,
    find: "send(rows)])",
    replace: "mark(rows).then(() => send(rows))])",
    killer: { file: relayTest, name: "rows written while Kafka is away" },
  },
  {
    rule: "A relay sends only while its lease outlasts the answer",
    broken: "it sends to the last moment",
    file: relay,
    find: "if (untilMs - performance.now() < 2 * producer.sendLimitMs)",
    replace: "if (untilMs - performance.now() < 0)",
    killer: { file: relayTest, name: "a relay does not send when its lease may end" },
  },
  {
    rule: "The producer is plain, since kafkajs's idempotent one loses batches",
    broken: "the idempotent one is used",
    file: "packages/outbox/kafka.ts",
    find: "idempotent: false,",
    replace: "idempotent: true,",
    killer: { file: relayTest, name: "what a lost answer of Kafka's leaves open" },
  },
  {
    rule: "A new group begins at the beginning",
    broken: "it begins at the end",
    file: consumer,
    find: "fromBeginning: true });",
    replace: "fromBeginning: false });",
    killer: { file: consumerTest, name: "a group that is new begins at the beginning" },
  },
  {
    rule: "While the database is away the partition waits",
    broken: "a fault of the database counts against the message",
    file: consumer,
    find: "if (isPassing(error) || ++tries < triesMax) throw error;",
    replace: "if (++tries < triesMax) throw error;",
    killer: { file: consumerTest, name: "while the database is away the partitions wait" },
  },
  {
    rule: "A message that can't be handled becomes a dead letter, and the partition goes on",
    broken: "it is dropped without a trace",
    file: consumer,
    find: "await keepDeadLetters(db, [deadLetter(topic, payload.batch.partition, message, error)]);",
    replace: "",
    killer: { file: consumerTest, name: "what can't be handled is kept as it came" },
  },
];
