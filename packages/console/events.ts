import { withReason } from "@payflow/outbox";
import type { AdminEvents, Part } from "@payflow/ui";
import { UnavailableError } from "@payflow/database";
import type { InternalAnswer, InternalBody, Operate } from "@payflow/back-office";
import type { messageCalls } from "@payflow/back-office/messages";
import { AppError } from "@payflow/shared";
import { parseInput } from "@payflow/shared/http";
import { forOperators, Reason, type OperatorOf } from "./operator.ts";
import { pageOfBoth, parts } from "./both_parts.ts";
import { serviceTopics } from "./lag_attention.ts";
import type { TopicReader } from "./topics.ts";

const pageMax = 50;

type AdminEventsDeps = {
  /** Order's own messages. */
  readonly own: ReturnType<typeof messageCalls>;
  /** Topics of both services. */
  readonly topics: TopicReader;
  /** Calls payment. */
  readonly operate: Operate;
  readonly operator: OperatorOf;
};

/** The functions of the console's pages of messages: outbox, dead letters, topics and Toss's webhooks. */
export function adminEvents({ own, topics, operate, operator }: AdminEventsDeps): AdminEvents {
  /** Calls the service that has the messages; both have the same calls. */
  const call = <Name extends keyof typeof own>(part: Part, name: Name, body: InternalBody<Name>) =>
    part === "payment"
      ? operate(name, body)
      : (own[name](body as never) as Promise<InternalAnswer<Name>>);

  const may = forOperators(operator);

  return {
    readOutbox: may("read", () =>
      Promise.all(parts.map(async (part) => ({ part, ...(await call(part, "outbox", {})) }))),
    ),
    readTopics: may("read", () => topics.readTopics(serviceTopics, parts)),
    listMessages: may("read", async (topic, page) => {
      if (!serviceTopics.includes(topic)) return nothing;
      return (await topics.listMessages({ topic, ...page })) ?? nothing;
    }),
    listDeadLetters: may("read", (options, after) =>
      pageOfBoth(after, pageMax, {
        read: (part, place) => call(part, "dead-letters", { ...options, after: place }),
        timeOf: ({ createdAt }) => createdAt,
      }),
    ),
    findDeadLetter: may("read", async (part, id) => {
      const { found } = await call(part, "dead-letter", { id });
      return found ? { part, ...found } : undefined;
    }),
    replayDeadLetter: may("operate", async (part, id) => {
      const { outcome } = await call(part, "replay-dead-letter", { id });
      if (outcome === "kafka_unavailable") throw new UnavailableError(outcome);
      if (outcome === "not_found") throw letterNotFound(part, id);
    }),
    replayCause: may("operate", async (part, error) => {
      const { count, isKafkaAway } = await call(part, "replay-cause", { error });
      if (isKafkaAway) throw new UnavailableError("kafka_unavailable");
      return count;
    }),
    discardDeadLetter: may("operate", async (part, id, given) => {
      const discard = () => call(part, "discard-dead-letter", { id });
      const { isDone } = await withReason(parseInput(Reason, given), discard);
      if (!isDone) throw letterNotFound(part, id);
    }),
    listWebhooks: may("read", (options, after) => operate("webhooks", { ...options, after })),
    findWebhook: may("read", async (id) => (await operate("webhook", { id })).found ?? undefined),
  };
}

const nothing = { rows: [], next: null };

function letterNotFound(part: Part, id: string): AppError {
  return new AppError("not_found", "dead_letter_not_found", `${part} has no dead letter ${id}`);
}
