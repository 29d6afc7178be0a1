// A program of commands: finds the command that the words name, runs it, prints its output, and
// ends the process with 0 (done), 1 (failed, or a fault was found) or 2 (usage error). Built-in
// modules only.
import { inspect } from "node:util";
import {
  isGroup,
  type Command,
  type CommandGroup,
  type Io,
  type Program,
  type ReadWords,
} from "./command.ts";
import { isHelpWanted, readWords, UsageError } from "./command_line.ts";
import { escapeUnseenInLines } from "./escape_unseen.ts";
import { helpOf, usageOf } from "./help.ts";
import type { Output } from "./output.ts";
import { didYouMean } from "./suggestion.ts";
import { UserError } from "./user_error.ts";

type Found = {
  /** The program's name and the names down to this entry. */
  readonly name: string;
  readonly entry: Command | CommandGroup;
  readonly rest: readonly string[];
};

/** The command or the group that the first words name; `rest` has the other words. */
export function findCommand({ name, root }: Program, words: readonly string[]): Found {
  let found: Found = { name, entry: root, rest: words };
  for (;;) {
    const { entry, rest } = found;
    const [word] = rest;
    if (!isGroup(entry)) return found;
    const key = word !== undefined && Object.hasOwn(entry.commands, word) ? word : undefined;
    const otherwise = key ?? (isHelpWanted(rest) ? undefined : entry.otherwise?.(rest));
    const next = otherwise === undefined ? undefined : entry.commands[otherwise];
    if (next === undefined) return found;
    found = {
      name: `${found.name} ${otherwise}`,
      entry: next,
      rest: key === undefined ? rest : rest.slice(1),
    };
  }
}

type Result = { readonly output: Output | number | void; readonly isJson: boolean };

/** Runs the command, or returns the help or the version. @throws UsageError for invalid words */
export async function runWords(
  program: Program,
  words: readonly string[],
  io: Io,
): Promise<Result> {
  const { version, root } = program;
  const help = ({ name, entry }: Found): Result => {
    const text = helpOf(name, entry, { version, isRoot: entry === root });
    return { output: { json: null, text }, isJson: false };
  };
  if (version !== undefined && words.length === 1 && /^(--version|-V)$/.test(words[0] ?? ""))
    return { output: { json: null, text: version }, isJson: false };
  const isHelp = isGroup(root) && words[0] === "help";
  const asTyped = isHelp ? words.slice(1) : words;
  const found = findCommand(program, asTyped);
  const { name, entry, rest } = found;
  const [word] = rest.filter((each) => !/^(--help|-h)$/.test(each));
  if (isGroup(entry)) {
    if (word === undefined || (word === "help" && rest.length === 1)) return help(found);
    const names = Object.keys(entry.commands);
    throw new UsageError(`${name} has no command "${word}"${didYouMean(word, names)}`);
  }
  if (isHelp || isHelpWanted(rest)) return help(found);
  const given = readWords(rest, entry);
  return { output: await entry.run(given, io), isJson: given.flags["json"] === true };
}

/** Runs the command and ends the process. Prints a `UserError` as its message only. */
export async function runProgram(program: Program, words: readonly string[]): Promise<never> {
  process.stdout.on("error", (error: { code?: string }) => {
    // a command that called `stopped()` or handles SIGHUP ends in order
    stopping.abort();
    if (process.listenerCount("SIGHUP") > 0) return;
    // the reader has closed the pipe, as `| head` does
    process.exit(error.code === "EPIPE" ? 0 : 1);
  });
  try {
    const { output, isJson } = await runWords(program, words, processIo);
    if (typeof output !== "object") process.exit(output ?? 0);
    await print(`${isJson ? JSON.stringify(output.json, null, 2) : output.text}\n`);
    process.exit(output.exitCode ?? 0);
  } catch (error) {
    const isUsage = error instanceof UsageError;
    const shown = error instanceof UserError ? error.message : inspect(error);
    console.error(
      escapeUnseenInLines(isUsage ? `${sentence(shown)}\n\n${howToUse(program, words)}` : shown),
    );
    process.exit(isUsage ? 2 : 1);
  }
}

const sentence = (text: string) => (/[.?]$/.test(text) ? text : `${text}.`);

function howToUse(program: Program, words: readonly string[]): string {
  const { name, entry } = findCommand(program, words[0] === "help" ? words.slice(1) : words);
  return `Usage: ${usageOf(name, entry)}\n${name} --help shows more.`;
}

/** The validated words of a script with one command. Help and usage errors end the process. */
export async function scriptWords(
  name: string,
  spec: Omit<Command, "run">,
  words: readonly string[],
): Promise<ReadWords> {
  const { promise, resolve } = Promise.withResolvers<ReadWords>();
  const run = (given: ReadWords) => {
    resolve(given);
    // never resolves: the script does the work and ends the process
    return new Promise<void>(() => {});
  };
  void runProgram({ name, root: { ...spec, run } }, words);
  return await promise;
}

/** Waits for the write; otherwise the end of the process would cut a long text in a pipe. */
function print(text: string): Promise<void> {
  return new Promise((resolve) => void process.stdout.write(text, () => resolve()));
}

const stopping = new AbortController();

const processIo: Io = {
  print,
  note: (text) => console.error(text),
  stopped() {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      process.once(signal, () => stopping.abort());
    return stopping.signal;
  },
};
