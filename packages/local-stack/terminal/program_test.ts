import { expect, test } from "bun:test";
import type { Io, Program } from "./command.ts";
import { UsageError } from "./command_line.ts";
import { listed, shown } from "./output.ts";
import { runWords } from "./program.ts";
import { editDistance } from "./suggestion.ts";

const ran: string[] = [];
const run = (name: string) => async () => void ran.push(name);
const program: Program = {
  name: "bun run shop",
  version: "1.2.3",
  root: {
    summary: "A shop",
    about: "It sells.",
    commands: {
      orders: {
        summary: "Look at orders",
        topic: "Orders and money",
        commands: {
          list: {
            summary: "List orders, newest first",
            about: "Only those that are there.",
            words: [{ name: "PREFIX", about: "of their ids", optional: true }],
            options: {
              limit: { value: "N", about: "at most so many", default: "20" },
              reason: { value: "TEXT", about: "why", required: true },
            },
            fields: "orderId, refundedAmount",
            examples: [["--limit 3", "The newest three"]],
            run: run("list"),
          },
          show: { summary: "Show one", run: run("show") },
        },
      },
      money: {
        summary: "Money",
        topic: "Orders and money",
        otherwise: (words) => (/^--|^$/.test(words[0] ?? "") ? "days" : undefined),
        commands: {
          days: { summary: "By day", options: { csv: { about: "" } }, run: run("days") },
        },
      },
      start: { summary: "Start everything", topic: "Run", run: run("start") },
    },
  },
};
const io: Io = {
  print: async () => {},
  note: () => {},
  stopped: () => new AbortController().signal,
};

async function textOf(...words: string[]): Promise<string> {
  const { output } = await runWords(program, words, io);
  return (output as { text: string }).text;
}

test("the program's help lists every command once, by topic, with a line each", async () => {
  const text = await textOf();
  expect(text).toBe(`A shop (version 1.2.3)

Usage: bun run shop COMMAND

It sells.

Orders and money:
  orders  Look at orders
  money   Money

Run:
  start   Start everything

bun run shop help COMMAND shows what a command takes, with examples.
Exit codes: 0 done, 1 failed or a fault was found, 2 usage error.`);
  for (const words of [["help"], ["--help"], ["-h"]]) expect(await textOf(...words)).toBe(text);
});

test("every form of help shows a command's words, options, fields and examples", async () => {
  const text = await textOf("help", "orders", "list");
  expect(text).toBe(`List orders, newest first

Usage: bun run shop orders list [PREFIX] [--limit N] --reason TEXT [--json]

Only those that are there.

Arguments:
  PREFIX  of their ids

Options:
  --limit N      at most so many (default 20)
  --reason TEXT  why
  --json         Prints JSON, for programs: see the fields below
  -h, --help     Shows this help and does nothing else

JSON fields:
  orderId, refundedAmount

Examples:
  # The newest three
  bun run shop orders list --limit 3

Exit codes: 0 done, 1 failed or a fault was found, 2 usage error.`);
  for (const words of ["orders list --help", "orders list -h", "orders list --nope --help"])
    expect(await textOf(...words.split(" ")), words).toBe(text);
  const group = await textOf("orders");
  expect(group).toContain("Usage: bun run shop orders COMMAND");
  for (const words of ["help orders", "orders help", "orders --help"])
    expect(await textOf(...words.split(" ")), words).toBe(group);
  expect(ran).toEqual([]);
});

test("runWords() finds commands by name and by a group's default", async () => {
  for (const words of ["orders show", "money days", "money", "money --csv", "start"])
    await runWords(program, words.split(" "), io);
  expect(ran.splice(0)).toEqual(["show", "days", "days", "days", "start"]);
  expect(await textOf("money", "--help")).toContain("bun run shop money COMMAND");
});

test.each([
  ["ordres", 'bun run shop has no command "ordres". Did you mean orders?'],
  ["orders lsit", 'bun run shop orders has no command "lsit". Did you mean list?'],
  ["orders zzz", 'bun run shop orders has no command "zzz"'],
  ["toString", 'has no command "toString"'],
  ["help strat", "Did you mean start?"],
  ["--json", 'has no command "--json"'],
  ["orders list", "--reason is missing"],
  ["start now", '"now" is an unexpected argument'],
])("rejects %s, with a suggestion for a similar name", async (words, reason) => {
  const refused = await runWords(program, words.split(" "), io).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(UsageError);
  expect((refused as Error).message).toContain(reason);
  expect(ran).toEqual([]);
});

test("--version shows the version", async () => {
  expect(await textOf("--version")).toBe("1.2.3");
});

test("editDistance() counts letters that were added, lost, changed or swapped", () => {
  expect(editDistance("list", "list")).toBe(0);
  expect(editDistance("lsit", "list")).toBe(1);
  expect(editDistance("lst", "list")).toBe(1);
  expect(editDistance("orders", "border")).toBe(2);
  expect(editDistance("", "abc")).toBe(3);
});

test("listed() and shown() return a table for people and JSON for programs", () => {
  const rows = [
    { orderId: "1", refundedAmount: 12_000 },
    { orderId: "22", refundedAmount: null },
  ];
  expect(listed(rows)).toEqual({
    json: rows,
    text: "order id │ refunded amount\n─────────┼────────────────\n1        │          12,000\n22       │               -",
  });
  expect(listed([], "No order yet.")).toEqual({ json: [], text: "No order yet." });
  expect(shown({ orderId: "1", amount: 12_000 }).text).toContain("amount   │ 12,000");
});
