import type { Kafka } from "kafkajs";
import { withAdmin } from "./kafka.ts";

export type TopicState = {
  readonly topic: string;
  readonly partitions: number;
  /** Messages that Kafka has. */
  readonly messages: number;
  /** Those of the groups that have read from it, and how many messages each has yet to handle. */
  readonly groups: readonly { readonly group: string; readonly lag: number }[];
};

/** Those of the topics that exist, with the lag of these groups. Rejects while Kafka is away. */
export function readTopicStates(
  kafka: Kafka,
  of: {
    readonly prefix: string;
    readonly topics: readonly string[];
    readonly groups: readonly string[];
  },
): Promise<readonly TopicState[]> {
  const { prefix, groups } = of;
  return withAdmin(kafka, 1, async (admin) => {
    const existing = new Set(await admin.listTopics());
    const topics = of.topics.filter((topic) => existing.has(prefix + topic));
    const stored = await Promise.all(
      groups.map((group) =>
        admin.fetchOffsets({
          groupId: prefix + group,
          topics: topics.map((name) => prefix + name),
        }),
      ),
    );
    const states = topics.map(async (topic): Promise<TopicState> => {
      const ends = await admin.fetchTopicOffsets(prefix + topic);
      const lags = groups.map((group, index) => {
        const read = stored[index]?.find((one) => one.topic === prefix + topic)?.partitions ?? [];
        return { group, read: new Map(read.map((one) => [one.partition, Number(one.offset)])) };
      });
      /** What a group without an offset in a partition has yet to handle is all that is there. */
      const behind = (read: ReadonlyMap<number, number>) =>
        ends
          .map(
            ({ partition, high, low }) =>
              Number(high) - Math.max(read.get(partition) ?? -1, Number(low)),
          )
          .reduce((sum, each) => sum + Math.max(0, each), 0);
      const readers = lags.filter(({ read }) => [...read.values()].some((offset) => offset >= 0));
      return {
        topic,
        partitions: ends.length,
        messages: behind(new Map()),
        groups: readers.map(({ group, read }) => ({ group, lag: behind(read) })),
      };
    });
    return await Promise.all(states);
  });
}
