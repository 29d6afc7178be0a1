import { expect, test } from "bun:test";
import { readConsumeWords } from "./kafka_shell.ts";

test("readConsumeWords() takes options in any order", () => {
  expect(
    readConsumeWords(["--max", "2", "OrderCreated", "--from-beginning"]),
  ).toEqual({ topic: "OrderCreated", fromBeginning: true, max: 2 });
  expect(readConsumeWords(["OrderCreated"])).toEqual({
    topic: "OrderCreated",
    fromBeginning: false,
    max: undefined,
  });
});

test.each([
  [[]],
  [["a", "b"]],
  [["a", "--max"]],
  [["a", "--max", "0"]],
  [["a", "--nope"]],
])("readConsumeWords() refuses %j", (words) => {
  expect(() => readConsumeWords(words)).toThrow("Say what to look at");
});
