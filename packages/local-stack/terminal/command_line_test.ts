import { expect, test } from "bun:test";
import { asksForHelp, confirmed, readWords } from "./command_line.ts";

const usage = "Usage: bun run it [--max N] [--yes] [WORD]";
const command = {
  usage,
  wordsMax: 1,
  options: { max: { type: "string" }, yes: { type: "boolean" } },
} as const;

test("help is shown for --help and -h at any place, and for help alone", () => {
  for (const words of [["--help"], ["-h"], ["order", "--help"], ["--max", "--help"], ["help"]])
    expect(asksForHelp(words), words.join(" ")).toBe(true);
  for (const words of [[], ["order"], ["--", "--help"], ["order", "help"]])
    expect(asksForHelp(words), words.join(" ")).toBe(false);
});

test("readWords() gives words, flags and values", () => {
  expect(readWords(["order", "--max=3", "--yes"], command)).toEqual({
    words: ["order"],
    flags: { yes: true },
    values: { max: "3" },
  });
  expect(readWords([], command)).toEqual({ words: [], flags: {}, values: {} });
  expect(readWords(["--", "--max"], command).words).toEqual(["--max"]);
});

test("readWords() refuses what it does not know, and shows the usage", () => {
  for (const words of [
    ["--all"],
    ["-y"],
    ["a", "b"],
    ["--max"],
    ["--max", "--yes"],
    ["--yes=1"],
    ["--max", "1", "--max", "2"],
  ]) {
    const read = () => readWords(words, command);
    expect(read, words.join(" ")).toThrow(usage);
    expect(read, words.join(" ")).toThrow(expect.objectContaining({ name: "UserError" }));
  }
});

test("confirmed() needs --yes without a terminal", async () => {
  const input = { isTTY: false } as never;
  await confirmed("All data goes.", { yes: true, input });
  await expect(confirmed("All data goes.", { yes: false, input })).rejects.toThrow(
    "All data goes. Nothing was done: add --yes to agree.",
  );
});
