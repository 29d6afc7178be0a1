import type { Kysely } from "kysely";
import { UnavailableError, type Log } from "@payflow/database";
import { connectKafka, createEventProducer } from "@payflow/outbox";
import type { EventProducer, KafkaSettings } from "@payflow/outbox";
import type { InternalBody } from "../internal_calls.ts";
import { findDeadLetter, listDeadLetters } from "./dead_letter_list.ts";
import { discardDeadLetter, replayCause, replayDeadLetter } from "./dead_letter_replay.ts";
import { readOutboxState } from "./outbox_state.ts";

type ById = { readonly id: string };

/** Handlers of the `operatorCalls` about messages, by name. */
export function messageCalls(db: Kysely<never>, settings: KafkaSettings, log: Log) {
  const kafka = connectKafka(settings, log);

  /** Reports an unavailable Kafka as a result: order would treat an error as an unavailable payment service. */
  async function unlessKafkaIsAway<T>(send: (producer: EventProducer) => Promise<T>) {
    const producer = createEventProducer(kafka, settings.prefix);
    try {
      return await send(producer);
    } catch (error) {
      if (error instanceof UnavailableError && error.code === "kafka_unavailable") return "away";
      throw error;
    } finally {
      // the send has succeeded or failed already, so an error here does not matter
      await producer.close().catch(() => undefined);
    }
  }

  return {
    outbox: () => readOutboxState(db),
    "dead-letters": (page: InternalBody<"dead-letters">) => listDeadLetters(db, page),
    "dead-letter": async ({ id }: ById) => ({ found: (await findDeadLetter(db, id)) ?? null }),
    async "replay-dead-letter"({ id }: ById) {
      const replayed = await unlessKafkaIsAway((to) => replayDeadLetter(db, to, id));
      if (replayed === "away") return { outcome: "kafka_unavailable" as const };
      return { outcome: replayed ? ("replayed" as const) : ("not_found" as const) };
    },
    async "replay-cause"({ error }: { readonly error: string }) {
      const count = await unlessKafkaIsAway((to) => replayCause(db, to, error));
      return count === "away" ? { count: 0, isKafkaAway: true } : { count, isKafkaAway: false };
    },
    "discard-dead-letter": async ({ id }: ById) => ({
      isDone: (await discardDeadLetter(db, id)) !== undefined,
    }),
  };
}
