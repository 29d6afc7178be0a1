// Commands as data; the parser and the help read it. Built-in modules only.
import type { Output } from "./output.ts";

export type Word = {
  /** As the help shows it, in capitals. */
  readonly name: string;
  readonly about?: string;
  readonly oneOf?: readonly string[];
  readonly optional?: boolean;
  /** Takes all remaining words. */
  readonly many?: boolean;
};

export type Option = {
  /** The value's name in the help, in capitals; a flag has none. */
  readonly value?: string;
  readonly about: string;
  readonly oneOf?: readonly string[];
  readonly default?: string;
  readonly required?: boolean;
};

export type CommandSpec = {
  /** One line, without a full stop. */
  readonly summary: string;
  /** Further paragraphs of its help. */
  readonly about?: string;
  readonly words?: readonly Word[];
  readonly options?: Readonly<Record<string, Option>>;
  /** Pairs of the words after the program's name and their effect. */
  readonly examples?: readonly (readonly [string, string])[];
  /** The fields that `--json` prints; without them there is no `--json`. */
  readonly fields?: string;
  /** The heading under which the help of its group lists it. */
  readonly topic?: string;
};

export type Command = CommandSpec & {
  /** Returns the output or the exit code; nothing means 0. */
  readonly run: (given: ReadWords, io: Io) => Promise<Output | number | void>;
};

export type CommandGroup = Pick<CommandSpec, "summary" | "about" | "topic"> & {
  readonly commands: Readonly<Record<string, Command | CommandGroup>>;
  /** The name of the command to run when the words name none. */
  readonly otherwise?: (words: readonly string[]) => string | undefined;
};

/** The validated words of a command. */
export type ReadWords = {
  readonly words: readonly string[];
  readonly flags: Readonly<Record<string, boolean>>;
  readonly values: Readonly<Record<string, string>>;
};

export type Io = {
  /** Writes to standard output without an added line break; resolves when the write is done. */
  readonly print: (text: string) => Promise<void>;
  /** Writes a line to standard error: progress, and everything that is not a result. */
  readonly note: (text: string) => void;
  /**
   * Aborted by Ctrl-C, SIGTERM, a closed terminal or a closed output. A command that calls this
   * must end by itself; otherwise the process ends at once.
   */
  readonly stopped: () => AbortSignal;
};

export type Program = {
  /** The text before a command, such as `bun run payflow`. */
  readonly name: string;
  readonly version?: string;
  readonly root: Command | CommandGroup;
};

export function isGroup(entry: Command | CommandGroup): entry is CommandGroup {
  return "commands" in entry;
}

/** The options of a command, with `--json` when it has fields. */
export function optionsOf(spec: CommandSpec): Readonly<Record<string, Option>> {
  const json = { json: { about: "Prints JSON, for programs: see the fields below" } };
  return { ...spec.options, ...(spec.fields === undefined ? {} : json) };
}
