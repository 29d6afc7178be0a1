import type {
  ListedLetter,
  OutboxState as State,
  ShownLetter,
  WebhookRow,
} from "@payflow/back-office";
import type { Listed, Part } from "./listed.ts";

export type AdminEvents = {
  readOutbox(): Promise<readonly OutboxState[]>;
  readTopics(): Promise<readonly TopicState[]>;
  /** Messages of a topic, newest first; with `key`, only those of one order. */
  listMessages(
    topic: string,
    options: { readonly key?: string | undefined; readonly after?: string | undefined },
  ): Promise<Listed<TopicMessage>>;
  /** Newest first; `open` (default): neither replayed nor discarded. */
  listDeadLetters(
    options: { readonly state?: "open" | "all" | undefined; readonly q?: string | undefined },
    after?: string,
  ): Promise<Listed<DeadLetter>>;
  findDeadLetter(part: Part, id: string): Promise<DeadLetterDetail | undefined>;
  /** Publishes the message again. Throws AppError `dead_letter_not_found`, `kafka_unavailable`. */
  replayDeadLetter(part: Part, id: string): Promise<void>;
  /** Replays all open dead letters with the same error, at most 1,000; returns their number. */
  replayCause(part: Part, error: string): Promise<number>;
  discardDeadLetter(part: Part, id: string, reason: string): Promise<void>;
  /** Toss's webhooks, newest first. */
  listWebhooks(
    options: {
      readonly state?: "waiting" | "unknown" | undefined;
      readonly orderId?: string | undefined;
    },
    after?: string,
  ): Promise<Listed<WebhookRow>>;
  findWebhook(id: string): Promise<(WebhookRow & { readonly body: string }) | undefined>;
};

export type OutboxState = State & { readonly part: Part };

export type TopicState = {
  readonly topic: string;
  readonly partitions: number;
  /** Messages that Kafka still stores. */
  readonly messages: number;
  readonly groups: readonly { readonly group: string; readonly lag: number }[];
};

export type TopicMessage = {
  readonly partition: number;
  readonly offset: string;
  readonly at: string;
  readonly key: string | null;
  readonly eventId: string | null;
  readonly value: string;
};

export type DeadLetter = ListedLetter & { readonly part: Part };
export type DeadLetterDetail = ShownLetter & { readonly part: Part };
