import { expect, test } from "bun:test";
import type { CommandSpec } from "./command.ts";
import { isHelpWanted, readWords, wholeNumber } from "./command_line.ts";
import { confirmed } from "./confirmed.ts";

const spec: CommandSpec = {
  summary: "Does it",
  words: [{ name: "WORD", optional: true }],
  options: {
    max: { value: "N", about: "so many" },
    kind: { value: "KIND", about: "which", oneOf: ["card", "account"] },
    yes: { about: "agrees" },
  },
  fields: "a, b",
};

test("isHelpWanted() finds --help and -h anywhere before --", () => {
  for (const words of [["--help"], ["-h"], ["order", "--help"], ["--max", "--help"]])
    expect(isHelpWanted(words), words.join(" ")).toBe(true);
  for (const words of [[], ["order"], ["--", "--help"], ["order", "help"]])
    expect(isHelpWanted(words), words.join(" ")).toBe(false);
});

test("readWords() returns words, flags and values", () => {
  expect(readWords(["order", "--max=3", "--yes", "--json"], spec)).toEqual({
    words: ["order"],
    flags: { yes: true, json: true },
    values: { max: "3" },
  });
  expect(readWords([], spec)).toEqual({ words: [], flags: {}, values: {} });
  expect(readWords(["--", "--max"], spec).words).toEqual(["--max"]);
  expect(readWords(["--kind", "card"], spec).values).toEqual({ kind: "card" });
});

test.each([
  [["--all"], "--all is not an option of this command"],
  [["--jsno"], "--jsno is not an option of this command. Did you mean --json?"],
  [["--mx", "3"], "Did you mean --max?"],
  [["--foo"], /^--foo is not an option of this command$/],
  [["-y"], "-y is not an option"],
  [["a", "b"], '"b" is an unexpected argument'],
  [["--max"], "--max needs a value: --max N"],
  [["--max", "--yes"], "--max needs a value: --max N"],
  [["--max="], "--max needs a value"],
  [["--yes=1"], "--yes takes no value"],
  [["--max", "1", "--max", "2"], "--max is given twice"],
  [["--kind", "crad"], '--kind is "crad", and must be one of card, account. Did you mean card?'],
  [["--__proto__"], "--__proto__ is not an option"],
  [["--toString=1"], "--toString is not an option"],
  [[""], "WORD is empty"],
] as const)("readWords() rejects %j", (words, reason) => {
  expect(() => readWords(words, spec)).toThrow(reason);
});

test("readWords() enforces required words and options, and fills in defaults", () => {
  const strict: CommandSpec = {
    summary: "",
    words: [{ name: "ORDER" }, { name: "WHAT", oneOf: ["deposit", "decline"], many: true }],
    options: {
      reason: { value: "TEXT", about: "", required: true },
      limit: { value: "N", about: "", default: "20" },
    },
  };
  const read = (...words: string[]) => readWords(words, strict);
  expect(() => read("1", "deposit")).toThrow("--reason is missing: --reason TEXT");
  expect(() => read("--reason", "x")).toThrow("ORDER is missing");
  expect(() => read("1", "--reason", "x")).toThrow("WHAT is missing");
  expect(() => read("1", "decline", "depositt", "--reason", "x")).toThrow("Did you mean deposit?");
  expect(() => read("1", "deposit", "--reason", "x", "--json")).toThrow("--json is not an option");
  expect(read("1", "deposit", "decline", "--reason", "x")).toEqual({
    words: ["1", "deposit", "decline"],
    flags: {},
    values: { reason: "x", limit: "20" },
  });
});

test("wholeNumber() accepts only digits within its range", () => {
  expect(wholeNumber("max", "3")).toBe(3);
  expect(wholeNumber("max", "0", { min: 0 })).toBe(0);
  for (const text of ["0", "-1", "1.5", "1e3", "x", "", "99999999999"])
    expect(() => wholeNumber("max", text), text).toThrow("--max must be a whole number from 1 on");
  expect(() => wholeNumber("max", "11", { max: 10 })).toThrow("from 1 to 10");
});

test("confirmed() requires --yes without a terminal", async () => {
  const input = { isTTY: false } as never;
  await confirmed("All data goes.", { yes: true, input });
  await expect(confirmed("All data goes.", { yes: false, input })).rejects.toThrow(
    "All data goes. Nothing was done: add --yes to agree",
  );
});
