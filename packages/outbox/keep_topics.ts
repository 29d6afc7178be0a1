import type { Kafka } from "kafkajs";
import { createTopics, isStillStarting, type KafkaSettings } from "./kafka.ts";
import type { Logger } from "@payflow/shared/http";
import { readTopicFaults } from "./topic_settings.ts";
import { createWorker, type Worker } from "./worker.ts";

/** A broker that lost its disk gets its topics back within this time; asking costs it next to nothing. */
const lookEveryMs = 5_000;
/** Somebody may change a topic's settings while we run. */
const checkEveryMs = 60_000;

/**
 * Sees to it that the topics are there, again and again, since a disk may be lost while we run, and a topic is made by
 * nobody else; and that they are set as our promises need it, which it can only tell. Calls `begin` once they first are; when it throws, it is called again.
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
  let checkAtMs = 0;
  let told: ReadonlySet<string> = new Set();

  async function check(): Promise<void> {
    if (performance.now() < checkAtMs) return;
    const isFirst = checkAtMs === 0;
    checkAtMs = performance.now() + checkEveryMs;
    try {
      const { brokers, faults } = await readTopicFaults(kafka, settings, topics);
      if (isFirst && brokers < 3)
        log.info(
          { brokers },
          "Kafka has fewer than three brokers: an acknowledged event is lost when the disks of all that have it are",
        );
      for (const fault of faults) if (!told.has(fault)) log.warn(fault);
      told = new Set(faults);
    } catch (error) {
      log[isFirst ? "info" : "debug"](
        { err: error },
        "Kafka does not tell how its topics are set: allow DescribeConfigs on them",
      );
    }
  }

  return createWorker({
    name: "topics",
    idleMs: lookEveryMs,
    log,
    isExpected: isStillStarting,
    runOnce: async () => {
      const { made, thin } = await createTopics(kafka, settings, topics, { isRepeat: begun });
      if (begun && made.length > 0) log.warn({ topics: made }, "Kafka had lost these topics");
      if (thin.length > 0 && String(thin) !== toldThin)
        log.warn(
          { topics: thin },
          "these topics have fewer copies than there are brokers for: reassign their partitions",
        );
      toldThin = String(thin);
      if (!begun) await options.begin();
      begun = true;
      await check();
      return 0;
    },
  });
}
