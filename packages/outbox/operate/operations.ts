import type { Kysely } from "kysely";
import { connectKafka, createEventProducer, type KafkaSettings } from "../kafka.ts";
import type { Log } from "../log.ts";
import { findDeadLetter, listDeadLetters } from "./dead_letter_list.ts";
import { discardDeadLetter, replayCause, replayDeadLetter } from "./dead_letter_replay.ts";
import { readOutboxState } from "./outbox_state.ts";
import { listMessages, readTopics } from "./topics.ts";

/** What an operator reads and does of a service's messages. */
export type Operations = ReturnType<typeof createOperations>;

/** Over one database and Kafka. Connects to Kafka for each call that needs it. */
export function createOperations(options: {
  readonly db: Kysely<never>;
  readonly kafka: KafkaSettings;
  readonly log: Log;
}) {
  const { db, log } = options;
  const { prefix = "" } = options.kafka;
  const kafka = connectKafka(options.kafka, log);

  async function withProducer<T>(
    work: (producer: ReturnType<typeof createEventProducer>) => Promise<T>,
  ): Promise<T> {
    const producer = createEventProducer(kafka, prefix);
    try {
      return await work(producer);
    } finally {
      // what it was to send is sent or has failed by now
      await producer.close().catch(() => undefined);
    }
  }

  return {
    readOutbox: () => readOutboxState(db),
    listLetters: (page: Parameters<typeof listDeadLetters>[1]) => listDeadLetters(db, page),
    findLetter: (id: string) => findDeadLetter(db, id),
    replayLetter: (id: string) => withProducer((producer) => replayDeadLetter(db, producer, id)),
    replayCause: (error: string) => withProducer((producer) => replayCause(db, producer, error)),
    discardLetter: (id: string) => discardDeadLetter(db, id),
    readTopics: (of: { readonly topics: readonly string[]; readonly groups: readonly string[] }) =>
      readTopics(kafka, { prefix, ...of }),
    listMessages: (page: Omit<Parameters<typeof listMessages>[1], "prefix">) =>
      listMessages(kafka, { prefix, ...page }),
  };
}
