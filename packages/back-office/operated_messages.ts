// What a service shows operators of its messages: payment's types, and what order parses.
import * as v from "valibot";
import { IsoTime, Whole } from "@payflow/shared";

const outbox = { waiting: Whole, oldestSeconds: Whole, writtenLastHour: Whole, relays: Whole };
export const OutboxState = v.object(outbox);

const letter = {
  id: v.string(),
  topic: v.string(),
  partition: Whole,
  offset: v.string(),
  key: v.nullable(v.string()),
  error: v.string(),
  isSigned: v.boolean(),
  createdAt: IsoTime,
  replayedAt: v.nullable(IsoTime),
  discardedAt: v.nullable(IsoTime),
};

export const ListedLetter = v.object(letter);

export const ShownLetter = v.object({
  ...letter,
  value: v.nullable(v.string()),
  headers: v.record(v.string(), v.string()),
});

/** Kafka is away: what was to be sent once more is not known to have been. */
export const ReplayOutcome = v.picklist(["replayed", "not_found", "kafka_unavailable"]);
