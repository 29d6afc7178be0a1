import { expect, test } from "bun:test";
import { isTooLarge } from "./kafka.ts";

test("isTooLarge() recognizes Kafka's error, also wrapped by kafkajs, and no other error", () => {
  const refusal = Object.assign(new Error(), { type: "MESSAGE_TOO_LARGE" });
  expect(isTooLarge(refusal)).toBe(true);
  expect(isTooLarge(new Error("wrapped", { cause: refusal }))).toBe(true);
  expect(isTooLarge(new Error("connection closed"))).toBe(false);
  expect(isTooLarge(undefined)).toBe(false);
});
