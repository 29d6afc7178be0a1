import { expect, test } from "bun:test";
import { topicFaults } from "./topics.ts";

const well = {
  "cleanup.policy": "delete",
  "max.message.bytes": "1048576",
  "min.insync.replicas": "2",
  "retention.bytes": "-1",
  "retention.ms": String(14 * 24 * 3_600_000),
  "unclean.leader.election.enable": "false",
};
const faultsOf = (change: Partial<typeof well> = {}, { replicas = 3, brokers = 3 } = {}) =>
  topicFaults({ topic: "OrderCreated", replicas, configs: { ...well, ...change } }, brokers);

test("a topic created by createTopics() has no fault, with one broker and with three", () => {
  expect(faultsOf()).toEqual([]);
  const alone = { replicas: 1, brokers: 1 };
  expect(faultsOf({ "min.insync.replicas": "1" }, alone)).toEqual([]);
});

test.each([
  [{ "min.insync.replicas": "1" }, "set min.insync.replicas=2"],
  [{ "min.insync.replicas": "4" }, "accepts no events: it has 3 replicas"],
  [{ "unclean.leader.election.enable": "true" }, "may drop acknowledged"],
  [{ "retention.ms": "3600000" }, "keeps events for 0 days only"],
  [{ "retention.ms": "604800000" }, "keeps events for 7 days only"],
  [{ "retention.ms": "-1" }, "for longer than inboxes keep their ids"],
  [{ "retention.bytes": "1000000" }, "drops events by size"],
  [{ "cleanup.policy": "compact,delete" }, "all but the last event"],
  [{ "max.message.bytes": "1000000" }, "set max.message.bytes=1048576"],
])("topicFaults() reports %o in one sentence", (change, sentence) => {
  const faults = faultsOf(change);
  expect(faults).toHaveLength(1);
  expect(faults[0]).toStartWith("Kafka's topic OrderCreated ");
  expect(faults[0]).toContain(sentence);
});

test("reports a topic that was created while fewer brokers were up", () => {
  expect(faultsOf({}, { replicas: 2, brokers: 3 })).toEqual([
    "Kafka's topic OrderCreated has 2 replicas, and there are 3 brokers: reassign its partitions",
  ]);
  expect(faultsOf({}, { replicas: 3, brokers: 5 })).toEqual([]);
});
