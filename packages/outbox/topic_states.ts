import type { Kafka } from "kafkajs";
import { withAdmin } from "./kafka.ts";

export type TopicState = {
  readonly topic: string;
  readonly partitions: number;
  /** Messages stored in Kafka. */
  readonly messages: number;
  /** The groups that have committed an offset, each with its lag in messages. */
  readonly groups: readonly { readonly group: string; readonly lag: number }[];
};

/** The existing topics with the lag of these groups. Rejects while Kafka is unavailable. */
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
      /** A group without an offset in a partition lags by all its messages. */
      const behind = (offsets: ReadonlyMap<number, number>) =>
        ends.reduce((sum, { partition, high, low }) => {
          const from = Math.max(offsets.get(partition) ?? -1, Number(low));
          return sum + Math.max(0, Number(high) - from);
        }, 0);
      const readers = groups.flatMap((group, index) => {
        const read = stored[index]?.find((one) => one.topic === prefix + topic)?.partitions ?? [];
        const offsets = new Map(read.map((one) => [one.partition, Number(one.offset)]));
        const hasRead = [...offsets.values()].some((offset) => offset >= 0);
        return hasRead ? { group, lag: behind(offsets) } : [];
      });
      return { topic, partitions: ends.length, messages: behind(new Map()), groups: readers };
    });
    return await Promise.all(states);
  });
}
