// How every command of PayFlow reads its words: help never acts, what is not
// known is refused, and what deletes data needs a confirmation. Built-in modules only.
import { createInterface } from "node:readline/promises";
import { inspect, parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { escapeUnseenInLines } from "./escape_unseen.ts";
import { UserError } from "./user_error.ts";

/** The words of a command make no sense. Ends the command with exit code 2. */
export class UsageError extends UserError {}

export type CommandSpec = {
  /** What `--help` prints. */
  readonly usage: string;
  readonly options?: ParseArgsOptionsConfig;
  /** How many words may stand beside the options. None by default. */
  readonly wordsMax?: number;
  /** What each of these words must be. Anything by default. */
  readonly oneOf?: readonly string[];
};

export type Command = CommandSpec & {
  /** Gives the exit code; 0 when it gives none. */
  readonly run: (given: ReadWords) => Promise<number | void>;
};

export type ReadWords = {
  readonly words: readonly string[];
  readonly flags: Readonly<Record<string, boolean>>;
  readonly values: Readonly<Record<string, string>>;
};

/** True when `--help` or `-h` stands anywhere before `--`, or the only word is `help`. */
export function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf("--");
  const read = end < 0 ? words : words.slice(0, end);
  return (
    read.includes("--help") || read.includes("-h") || (words.length === 1 && words[0] === "help")
  );
}

/** @throws UsageError for an option that is not known, lacks its value or stands twice, and for a word too many */
export function readWords(
  given: readonly string[],
  { usage, options = {}, wordsMax = 0, oneOf }: CommandSpec,
): ReadWords {
  const parsed = strictlyParsed(given, options, usage);
  const extra = parsed.positionals[wordsMax];
  if (extra !== undefined) throw unclear(`"${extra}" is one word too many`, usage);
  const unknown = parsed.positionals.find((word) => oneOf?.includes(word) === false);
  if (unknown !== undefined) throw unclear(`"${unknown}" is not known`, usage);
  const seen = new Set<string>();
  for (const token of parsed.tokens) {
    if (token.kind !== "option") continue;
    if (seen.has(token.name)) throw unclear(`--${token.name} stands twice`, usage);
    seen.add(token.name);
  }
  const entries = Object.entries(parsed.values);
  return {
    words: parsed.positionals,
    flags: Object.fromEntries(
      entries.flatMap(([name, value]) => (value === true ? [[name, true]] : [])),
    ),
    values: Object.fromEntries(
      entries.flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
    ),
  };
}

function strictlyParsed(given: readonly string[], options: ParseArgsOptionsConfig, usage: string) {
  try {
    return parseArgs({
      args: [...given],
      options,
      strict: true,
      allowPositionals: true,
      tokens: true,
    });
  } catch (error) {
    const [reason = ""] = (error as Error).message.split(/\. |\n/);
    throw unclear(reason, usage);
  }
}

/** A sentence about the words, and how the command is used. */
export function unclear(reason: string, usage: string): UsageError {
  return new UsageError(`${reason}.\n\n${usage}`);
}

/** A whole number of at least `min`. @throws UsageError when the text is none */
export function wholeNumber(
  name: string,
  text: string,
  options: { readonly min: number; readonly usage: string },
): number {
  const number = Number(text);
  if (/^\d{1,10}$/.test(text) && number >= options.min) return number;
  const { min, usage } = options;
  throw unclear(`--${name} must be a whole number from ${min} on, not "${text}"`, usage);
}

/**
 * Confirms that data may be deleted: in a terminal by a prompt, elsewhere by the flag `--yes`.
 * @throws UserError when nobody agreed
 */
export async function confirmed(
  loss: string,
  options: {
    readonly yes: boolean;
    readonly input?: NodeJS.ReadStream;
    readonly output?: NodeJS.WriteStream;
  },
): Promise<void> {
  if (options.yes) return;
  const { input = process.stdin, output = process.stdout } = options;
  if (!input.isTTY) throw new UsageError(`${loss} Nothing was done: add --yes to agree.`);
  const lines = createInterface({ input, output });
  // Ctrl-C and Ctrl-D are no agreement
  const ended = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
  const answer = await Promise.race([lines.question(`${loss} Type yes to continue: `), ended]);
  lines.close();
  if (answer.trim().toLowerCase() !== "yes") throw new UserError("Nothing was done.");
}

/**
 * Runs one of the commands, named by the first word, and ends the process as `runCommand` does. Help without a name
 * shows the first lines of each.
 */
export async function runNamed(
  commands: Readonly<Record<string, Command>>,
  given: readonly string[],
): Promise<never> {
  const [name = "", ...words] = given;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command) return await runCommand(command, words);
  const usage = Object.values(commands)
    .map((each) => each.usage.split("\n\n")[0])
    .join("\n");
  const run = () => {
    throw unclear(name ? `There is no command "${name}"` : "Name a command", usage);
  };
  return await runCommand({ usage, wordsMax: Infinity, run }, given);
}

/** Runs a command and ends the process with 0, 1 or 2. A `UserError` is printed as its message, everything else in full. */
export async function runCommand(command: Command, words: readonly string[]): Promise<never> {
  const given = wordsOrExit(command, words);
  try {
    process.exit((await command.run(given)) ?? 0);
  } catch (error) {
    const shown = error instanceof UserError ? error.message : inspect(error);
    console.error(escapeUnseenInLines(shown));
    process.exit(error instanceof UsageError ? 2 : 1);
  }
}

/** The arguments of a script; ends the process with 0 for --help, with 2 when they are invalid. */
export function wordsOrExit(spec: CommandSpec, words: readonly string[]): ReadWords {
  if (asksForHelp(words)) {
    console.log(spec.usage);
    process.exit(0);
  }
  try {
    return readWords(words, spec);
  } catch (error) {
    console.error((error as UsageError).message);
    process.exit(2);
  }
}
