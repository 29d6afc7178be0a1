// Parses the words of a command. Rejects unknown words with a suggestion. Built-in modules only.
import { parseArgs } from "node:util";
import { optionsOf, type CommandSpec, type ReadWords } from "./command.ts";
import { didYouMean } from "./suggestion.ts";
import { UserError } from "./user_error.ts";

/** Invalid words. The program prints the usage and ends with exit code 2. */
export class UsageError extends UserError {}

/** True when `--help` or `-h` is anywhere before `--`. */
export function isHelpWanted(words: readonly string[]): boolean {
  const end = words.indexOf("--");
  const read = end < 0 ? words : words.slice(0, end);
  return read.includes("--help") || read.includes("-h");
}

/**
 * @throws UsageError for an unknown, missing or repeated option, an option without its value, or an
 * unknown, missing or extra word
 */
export function readWords(given: readonly string[], spec: CommandSpec): ReadWords {
  const options = optionsOf(spec);
  const { tokens, positionals } = parseArgs({
    args: [...given],
    options: Object.fromEntries(
      Object.entries(options).map(([name, { value }]) => [
        name,
        { type: value === undefined ? "boolean" : "string" } as const,
      ]),
    ),
    // not strict, because the checks below give clearer messages
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const flags: Record<string, boolean> = {};
  const values: Record<string, string> = {};
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const { name, rawName, value, inlineValue } = token;
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (option === undefined || rawName !== `--${name}`)
      throw new UsageError(
        `${rawName} is not an option of this command${didYouMean(rawName, optionNames(options))}`,
      );
    if (Object.hasOwn(flags, name) || Object.hasOwn(values, name))
      throw new UsageError(`--${name} is given twice`);
    if (option.value === undefined) {
      if (value !== undefined) throw new UsageError(`--${name} takes no value`);
      flags[name] = true;
    } else {
      if (value === undefined || value === "" || (!inlineValue && value.startsWith("-")))
        throw new UsageError(`--${name} needs a value: --${name} ${option.value}`);
      if (option.oneOf?.includes(value) === false)
        throw new UsageError(
          `--${name} is "${value}", and must be one of ${option.oneOf.join(", ")}${didYouMean(value, option.oneOf)}`,
        );
      values[name] = value;
    }
  }
  for (const [name, option] of Object.entries(options)) {
    if (Object.hasOwn(values, name)) continue;
    if (option.default !== undefined) values[name] = option.default;
    if (option.required) throw new UsageError(`--${name} is missing: --${name} ${option.value}`);
  }
  checkWords(positionals, spec);
  return { words: positionals, flags, values };
}

const optionNames = (options: object) =>
  [...Object.keys(options), "help"].map((name) => `--${name}`);

function checkWords(given: readonly string[], { words = [] }: CommandSpec): void {
  const last = words.at(-1);
  const extra = last?.many ? undefined : given[words.length];
  if (extra !== undefined) throw new UsageError(`"${extra}" is an unexpected argument`);
  for (const [index, text] of given.entries()) {
    const { name, oneOf } = words[Math.min(index, words.length - 1)] ?? { name: "" };
    if (text === "") throw new UsageError(`${name} is empty`);
    if (oneOf?.includes(text) === false)
      throw new UsageError(
        `"${text}" is not known, it must be one of ${oneOf.join(", ")}${didYouMean(text, oneOf)}`,
      );
  }
  const missing = words[given.length];
  if (missing && !missing.optional) throw new UsageError(`${missing.name} is missing`);
}

/** Parses a whole number from `min` (1 by default) to `max`. @throws UsageError for other texts */
export function wholeNumber(
  name: string,
  text: string,
  { min = 1, max = 9_999_999_999 }: { readonly min?: number; readonly max?: number } = {},
): number {
  const number = Number(text);
  if (/^\d{1,10}$/.test(text) && number >= min && number <= max) return number;
  const range = max === 9_999_999_999 ? `from ${min} on` : `from ${min} to ${max}`;
  throw new UsageError(`--${name} must be a whole number ${range}, not "${text}"`);
}
