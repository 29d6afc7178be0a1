import { UnavailableError } from "@payflow/outbox";
import type { Operations } from "@payflow/outbox/operate";
import type { CallBody } from "../internal_calls.ts";

type ById = { readonly id: string };

/** What a service answers when an operator reads or changes its messages: calls of `operatorCalls`, by their names. */
export function messageCalls(operations: Operations) {
  return {
    outbox: operations.readOutbox,
    "dead-letters": (page: CallBody<"dead-letters">) => operations.listLetters(page),
    "dead-letter": async ({ id }: ById) => ({ found: (await operations.findLetter(id)) ?? null }),
    async "replay-dead-letter"({ id }: ById) {
      const replayed = await unlessKafkaIsAway(operations.replayLetter(id));
      if (replayed === "away") return { outcome: "kafka_unavailable" as const };
      return { outcome: replayed ? ("replayed" as const) : ("not_found" as const) };
    },
    async "replay-cause"({ error }: { readonly error: string }) {
      const count = await unlessKafkaIsAway(operations.replayCause(error));
      return count === "away" ? { count: 0, isKafkaAway: true } : { count, isKafkaAway: false };
    },
    "discard-dead-letter": async ({ id }: ById) => ({
      isDone: (await operations.discardLetter(id)) !== undefined,
    }),
  };
}

/** Order takes an error for payment's own failure, and Kafka's is another. */
async function unlessKafkaIsAway<T>(replay: Promise<T>): Promise<T | "away"> {
  try {
    return await replay;
  } catch (error) {
    if (error instanceof UnavailableError && error.code === "kafka_unavailable") return "away";
    throw error;
  }
}
