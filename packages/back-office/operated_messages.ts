// Messages of a service for operators: payment returns these types, order parses them.
import * as v from "valibot";
import { IsoTime, Whole } from "@payflow/shared";

/** Waiting events of the outbox and the number of relays. */
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
  /** The first 500 characters; complete in `ShownLetter`. */
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
  /** Text without control characters, or PostgreSQL's hex format if the bytes are not UTF-8. */
  value: v.nullable(v.string()),
  headers: v.record(v.string(), v.string()),
});
export type ShownLetter = Readonly<v.InferOutput<typeof ShownLetter>>;

/** kafka_unavailable: it is unknown whether the message was sent. */
export const ReplayOutcome = v.picklist(["replayed", "not_found", "kafka_unavailable"]);
