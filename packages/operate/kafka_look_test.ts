import { expect, test } from "bun:test";
import { readLook } from "./kafka_look.ts";

const given = (
  words: string[],
  values: Record<string, string> = {},
  flags: Record<string, boolean> = {},
) => ({ words, values, flags });

test("readLook() reads what to consume", () => {
  const flags = { "from-beginning": true };
  expect(readLook(given(["consume", "Orders"], { max: "2" }, flags))).toEqual({
    action: "consume",
    topic: "Orders",
    fromBeginning: true,
    max: 2,
  });
  expect(readLook(given(["topics"]))).toEqual({ action: "topics" });
});

test("readLook() refuses what makes no sense", () => {
  for (const wrong of [
    given([]),
    given(["consume"]),
    given(["topics", "Orders"]),
    given(["topics"], { max: "1" }),
    given(["consume", "Orders"], { max: "0" }),
    given(["consume", "Orders"], { max: "1.5" }),
  ])
    expect(() => readLook(wrong)).toThrow("bun run kafka consume TOPIC");
});
