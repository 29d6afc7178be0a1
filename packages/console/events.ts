import type { AdminEvents, Part } from "@payflow/ui";
import { UnavailableError } from "@payflow/database";
import type { InternalAnswer, InternalBody, Operate } from "@payflow/back-office";
import type { messageCalls } from "@payflow/back-office/messages";
import { AppError } from "@payflow/shared";
import { parseInput } from "@payflow/shared/http";
import { asOperator, Reason, requireOperator, type OperatorOf } from "./operator.ts";
import { pageOfBoth, parts } from "./both_parts.ts";
import { serviceTopics } from "./lag_attention.ts";
import type { TopicReader } from "./topics.ts";

const pageMax = 50;

export type AdminEventsDeps = {
  /** Order's own messages. */
  readonly own: ReturnType<typeof messageCalls>;
  /** Of both services. */
  readonly topics: TopicReader;
  /** Payment's. */
  readonly operate: Operate;
  readonly operator: OperatorOf;
};

/** The console's pages of messages: what waits, what could not be handled, what Kafka holds, and Toss's webhooks. */
export function adminEvents({ own, topics, operate, operator }: AdminEventsDeps): AdminEvents {
  /** The service whose messages they are answers, each by the same calls. */
  const call = <Name extends keyof typeof own>(part: Part, name: Name, body: InternalBody<Name>) =>
    part === "payment"
      ? operate(name, body)
      : (own[name](body as never) as Promise<InternalAnswer<Name>>);

  return {
    async readOutbox() {
      requireOperator(operator, "read");
      return await Promise.all(
        parts.map(async (part) => ({ part, ...(await call(part, "outbox", {})) })),
      );
    },
    async readTopics() {
      requireOperator(operator, "read");
      return await topics.readTopics(serviceTopics, parts);
    },
    async listMessages(topic, page) {
      requireOperator(operator, "read");
      if (!serviceTopics.includes(topic)) return nothing;
      return (await topics.listMessages({ topic, ...page })) ?? nothing;
    },
    async listDeadLetters(options, after) {
      requireOperator(operator, "read");
      return await pageOfBoth(after, pageMax, {
        read: (part, place) => call(part, "dead-letters", { ...options, after: place }),
        timeOf: ({ createdAt }) => createdAt,
      });
    },
    async findDeadLetter(part, id) {
      requireOperator(operator, "read");
      const { found } = await call(part, "dead-letter", { id });
      return found ? { part, ...found } : undefined;
    },
    async replayDeadLetter(part, id) {
      const who = requireOperator(operator, "operate");
      const { outcome } = await asOperator(who, undefined, () =>
        call(part, "replay-dead-letter", { id }),
      );
      if (outcome === "kafka_unavailable") throw new UnavailableError(outcome);
      if (outcome === "not_found") throw letterNotFound(part, id);
    },
    async replayCause(part, error) {
      const who = requireOperator(operator, "operate");
      const { count, isKafkaAway } = await asOperator(who, undefined, () =>
        call(part, "replay-cause", { error }),
      );
      if (isKafkaAway) throw new UnavailableError("kafka_unavailable");
      return count;
    },
    async discardDeadLetter(part, id, given) {
      const who = requireOperator(operator, "operate");
      const reason = parseInput(Reason, given);
      const { isDone } = await asOperator(who, reason, () =>
        call(part, "discard-dead-letter", { id }),
      );
      if (!isDone) throw letterNotFound(part, id);
    },
    async listWebhooks(options, after) {
      requireOperator(operator, "read");
      return await operate("webhooks", { ...options, after });
    },
    async findWebhook(id) {
      requireOperator(operator, "read");
      return (await operate("webhook", { id })).found ?? undefined;
    },
  };
}

const nothing = { rows: [], next: null };

function letterNotFound(part: Part, id: string): AppError {
  return new AppError("not_found", "dead_letter_not_found", `${part} has no dead letter ${id}`);
}
