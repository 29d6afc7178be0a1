import { expect, test } from "bun:test";
import { isTooLarge, thinTopics } from "./kafka.ts";

const topic = (name: string, ...replicas: number[][]) => ({
  name,
  partitions: replicas.map((of) => ({ replicas: of })),
});

test("topics that were made while fewer brokers were up are told apart from those that have all their copies", () => {
  const topics = [
    topic("Whole", [1, 2, 3], [2, 3, 1]),
    topic("MadeEarly", [1], [1]),
    topic("HalfMoved", [1, 2, 3], [2]),
  ];
  expect(thinTopics(topics, 3)).toEqual(["HalfMoved", "MadeEarly"]);
  expect(thinTopics(topics, 1)).toEqual([]);
});

test("what Kafka finds too large is known however kafkajs wraps it, and nothing else is", () => {
  const refusal = Object.assign(new Error(), { type: "MESSAGE_TOO_LARGE" });
  expect(isTooLarge(refusal)).toBe(true);
  expect(isTooLarge(new Error("wrapped", { cause: refusal }))).toBe(true);
  expect(isTooLarge(new Error("connection closed"))).toBe(false);
  expect(isTooLarge(undefined)).toBe(false);
});
