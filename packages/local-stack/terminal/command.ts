// What a command is: data, from which its parsing and its help come. Built-in modules only.
import type { Output } from "./output.ts";

export type Word = {
  /** As the help shows it, in capitals. */
  readonly name: string;
  readonly about?: string;
  readonly oneOf?: readonly string[];
  readonly optional?: boolean;
  /** Takes all words that are left. */
  readonly many?: boolean;
};

export type Option = {
  /** What its value is, in capitals; a flag has none. */
  readonly value?: string;
  readonly about: string;
  readonly oneOf?: readonly string[];
  readonly default?: string;
  readonly required?: boolean;
};

export type CommandSpec = {
  /** One line, without a full stop. */
  readonly summary: string;
  /** What else its help says, in paragraphs. */
  readonly about?: string;
  readonly words?: readonly Word[];
  readonly options?: Readonly<Record<string, Option>>;
  /** What is typed behind the program's name, and what it does. */
  readonly examples?: readonly (readonly [string, string])[];
  /** The fields that `--json` prints; without them there is no `--json`. */
  readonly fields?: string;
  /** The heading under which the help of its group lists it. */
  readonly topic?: string;
  /** Other names that are understood, and not listed. */
  readonly aliases?: readonly string[];
};

export type Command = CommandSpec & {
  /** Returns what to print, or the exit code; 0 when it returns none. */
  readonly run: (given: ReadWords, io: Io) => Promise<Output | number | void>;
};

export type CommandGroup = Pick<CommandSpec, "summary" | "about" | "topic" | "aliases"> & {
  readonly commands: Readonly<Record<string, Command | CommandGroup>>;
  /** The command that runs when these words name none of them. */
  readonly otherwise?: (words: readonly string[]) => string | undefined;
};

/** The words of a command, checked against what it takes. */
export type ReadWords = {
  readonly words: readonly string[];
  readonly flags: Readonly<Record<string, boolean>>;
  readonly values: Readonly<Record<string, string>>;
};

export type Io = {
  /** Writes to standard output, and resolves once it is taken. Text ends as given: no line break is added. */
  readonly print: (text: string) => Promise<void>;
  /** A line on standard error: progress, and what is no result. */
  readonly note: (text: string) => void;
  /** Aborted by Ctrl-C, SIGTERM and a closed terminal. Whoever reads it must end; else the process ends at once. */
  readonly stopped: () => AbortSignal;
};

export type Program = {
  /** What is typed before a command, `bun run payflow`. */
  readonly name: string;
  readonly version?: string;
  readonly root: Command | CommandGroup;
};

export function isGroup(entry: Command | CommandGroup): entry is CommandGroup {
  return "commands" in entry;
}

/** Options of a command, with those that every command has. */
export function optionsOf(spec: CommandSpec): Readonly<Record<string, Option>> {
  const json = { json: { about: "Prints JSON, for programs: see the fields below" } };
  return { ...spec.options, ...(spec.fields === undefined ? {} : json) };
}
