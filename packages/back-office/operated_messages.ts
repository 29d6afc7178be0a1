// What a service shows operators of its messages: payment's types, and what order parses.
import * as v from "valibot";
import { IsoTime, Whole } from "@payflow/shared";

/** Of the outbox: events that Kafka does not have yet, and how many processes publish. */
export const OutboxState = v.object({
  waiting: Whole,
  oldestSeconds: Whole,
  writtenLastHour: Whole,
  relays: Whole,
});
export type OutboxState = Readonly<v.InferOutput<typeof OutboxState>>;

const letter = {
  id: v.string(),
  topic: v.string(),
  partition: Whole,
  offset: v.string(),
  key: v.nullable(v.string()),
  /** Its first 500 characters; all of it in `ShownLetter`. */
  error: v.string(),
  isSigned: v.boolean(),
  createdAt: IsoTime,
  replayedAt: v.nullable(IsoTime),
  discardedAt: v.nullable(IsoTime),
};

/** A message that could not be handled, as a list shows it. */
export const ListedLetter = v.object(letter);
export type ListedLetter = Readonly<v.InferOutput<typeof ListedLetter>>;

export const ShownLetter = v.object({
  ...letter,
  /** Text without control characters, or bytes in PostgreSQL's hex format where it is no UTF-8. */
  value: v.nullable(v.string()),
  headers: v.record(v.string(), v.string()),
});
export type ShownLetter = Readonly<v.InferOutput<typeof ShownLetter>>;

/** Kafka is away: what was to be sent once more is not known to have been. */
export const ReplayOutcome = v.picklist(["replayed", "not_found", "kafka_unavailable"]);
