import type { Kafka } from "kafkajs";
import { withAdmin } from "./kafka.ts";

/** Messages of each topic that a consumer group has yet to handle. Rejects while Kafka is away. */
export function readLag(
  kafka: Kafka,
  { groupId, topics }: { readonly groupId: string; readonly topics: readonly string[] },
): Promise<ReadonlyMap<string, number>> {
  return withAdmin(kafka, 0, async (admin) => {
    const stored = await admin.fetchOffsets({ groupId, topics: [...topics] });
    const lags = stored.map(async ({ topic, partitions }): Promise<[string, number]> => [
      topic,
      lagOf(await admin.fetchTopicOffsets(topic), partitions),
    ]);
    return new Map(await Promise.all(lags));
  });
}

/** Messages of a topic behind the offsets that a group has stored; of a partition without one, all that it has. */
export function lagOf(
  ends: readonly { readonly partition: number; readonly high: string; readonly low: string }[],
  stored: readonly { readonly partition: number; readonly offset: string }[],
): number {
  const behind = ends.map(({ partition, high, low }) => {
    const offset = stored.find((one) => one.partition === partition)?.offset ?? "-1";
    return Math.max(0, Number(high) - Math.max(Number(offset), Number(low)));
  });
  return behind.reduce((sum, each) => sum + each, 0);
}
