import type { Kafka } from "kafkajs";
import { withAdmin } from "./kafka.ts";

/** Messages of each topic that a consumer group has yet to handle. Rejects while Kafka is away. */
export function readLag(
  kafka: Kafka,
  { groupId, topics }: { readonly groupId: string; readonly topics: readonly string[] },
): Promise<ReadonlyMap<string, number>> {
  return withAdmin(kafka, 0, async (admin) => {
    const stored = await admin.fetchOffsets({ groupId, topics: [...topics] });
    const lags = stored.map(async ({ topic, partitions }): Promise<[string, number]> => {
      const ends = await admin.fetchTopicOffsets(topic);
      const behind = ends.map(({ partition, high, low }) => {
        const offset = partitions.find((one) => one.partition === partition)?.offset ?? "-1";
        // a group that has stored nothing yet reads from the beginning
        return Math.max(0, Number(high) - Math.max(Number(offset), Number(low)));
      });
      return [topic, behind.reduce((sum, each) => sum + each, 0)];
    });
    return new Map(await Promise.all(lags));
  });
}
