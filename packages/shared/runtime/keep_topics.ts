import type { Kafka } from "kafkajs";
import { createTopics, type KafkaSettings } from "./kafka.ts";
import type { Logger } from "./log.ts";
import { createWorker, type Worker } from "./worker.ts";

/** A broker that lost its disk gets its topics back within this time; asking costs it next to nothing. */
const lookEveryMs = 5_000;

/**
 * Sees to it that the topics are there, again and again, since a disk may be lost while we run, and a topic is made by
 * nobody else. Calls `begin` once they first are; when it throws, it is called again.
 */
export function keepTopics(options: {
  readonly kafka: Kafka;
  readonly settings: KafkaSettings;
  readonly topics: readonly string[];
  readonly begin: () => Promise<void>;
  readonly log: Logger;
}): Worker {
  const { kafka, settings, topics, log } = options;
  let begun = false;
  let toldThin = "";
  return createWorker({
    name: "topics",
    idleMs: lookEveryMs,
    log,
    runOnce: async () => {
      const { made, thin } = await createTopics(kafka, settings, topics);
      if (begun && made.length > 0)
        log.warn({ topics: made }, "Kafka had lost these topics");
      if (thin.length > 0 && String(thin) !== toldThin)
        log.warn(
          { topics: thin },
          "these topics have fewer copies than there are brokers for: reassign their partitions",
        );
      toldThin = String(thin);
      if (!begun) await options.begin();
      begun = true;
      return 0;
    },
  });
}
