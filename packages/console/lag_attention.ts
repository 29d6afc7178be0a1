import { orderEventTypes, paymentEventTypes } from "@payflow/shared";
import type { AttentionItem } from "@payflow/back-office";
import { parts } from "./both_parts.ts";
import type { TopicReader } from "./topics.ts";

/** The same limit as in the alert on `payflow_consumer_lag`. */
const behindFrom = 1_000;
export const serviceTopics: readonly string[] = [...orderEventTypes, ...paymentEventTypes];

/** Consumers of both services that are far behind in a topic; none while Kafka is unavailable, which its health shows. */
export async function readLagAttention({
  readTopics,
}: Pick<TopicReader, "readTopics">): Promise<AttentionItem[]> {
  const topics = await readTopics(serviceTopics, parts).catch(() => []);
  return topics.flatMap(({ topic, groups }) =>
    groups
      .filter(({ lag }) => lag > behindFrom)
      .map(({ group, lag }): AttentionItem => {
        const part = group === "payment" ? "payment" : "order";
        return { kind: "consumer_behind", part, since: null, count: lag, detail: topic };
      }),
  );
}
