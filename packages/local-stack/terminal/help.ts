// Renders the help of programs, groups and commands from their declarations. Built-in modules only.
import { styleText } from "node:util";
import {
  isGroup,
  optionsOf,
  type Command,
  type CommandGroup,
  type CommandSpec,
  type Option,
  type Word,
} from "./command.ts";
import { hasColours } from "./terminal.ts";

const width = 100;

export const exitCodes = "Exit codes: 0 done, 1 failed or a fault was found, 2 usage error.";

/** `bun run payflow orders refund ORDER --reason TEXT [--amount WON] [--yes]` */
export function usageOf(name: string, entry: Command | CommandGroup): string {
  if (isGroup(entry)) return `${name} COMMAND`;
  const words = (entry.words ?? []).map(shownWord);
  const options = Object.entries(optionsOf(entry)).map(([option, spec]) => {
    const text = shownOption(option, spec);
    return spec.required ? text : `[${text}]`;
  });
  return [name, ...words, ...options].join(" ");
}

function shownWord({ name, oneOf, optional, many }: Word): string {
  const isShort = oneOf !== undefined && oneOf.length <= 4;
  const text = `${isShort ? oneOf.join("|") : name}${many ? " …" : ""}`;
  return optional ? `[${text}]` : text;
}

const shownOption = (name: string, { value }: Option) =>
  value === undefined ? `--${name}` : `--${name} ${value}`;

export function helpOf(
  name: string,
  entry: Command | CommandGroup,
  options: { readonly version?: string | undefined; readonly isRoot?: boolean } = {},
): string {
  const parts = isGroup(entry) ? groupHelp(name, entry, options) : commandHelp(name, entry);
  return parts.filter((part) => part !== "").join("\n\n");
}

function commandHelp(name: string, spec: CommandSpec & Command): string[] {
  const words = (spec.words ?? []).filter(({ about }) => about !== undefined);
  const options = Object.entries(optionsOf(spec)).map(([option, each]): [string, string] => [
    shownOption(option, each),
    each.about + (each.default === undefined ? "" : ` (default ${each.default})`),
  ]);
  const fields = spec.fields;
  return [
    spec.summary,
    `${title("Usage")} ${indented(usageOf(name, spec), 9)}`,
    paragraphs(spec.about),
    section(
      "Arguments",
      words.map((word) => [shownWord({ ...word, optional: false }), word.about ?? ""]),
    ),
    section("Options", [...options, ["-h, --help", "Shows this help and does nothing else"]]),
    fields === undefined ? "" : `${title("JSON fields")}\n  ${indented(fields, 2)}`,
    examples(name, spec.examples),
    exitCodes,
  ];
}

function groupHelp(
  name: string,
  group: CommandGroup,
  options: { readonly version?: string | undefined; readonly isRoot?: boolean },
): string[] {
  const { version, isRoot = false } = options;
  const entries = Object.entries(group.commands);
  const column = Math.max(...entries.map(([entry]) => entry.length));
  const byTopic = Map.groupBy(entries, ([, { topic = "Commands" }]) => topic);
  return [
    version === undefined ? group.summary : `${group.summary} (version ${version})`,
    `${title("Usage")} ${usageOf(name, group)}`,
    paragraphs(group.about),
    ...[...byTopic].map(([topic, listed]) =>
      section(
        topic,
        listed.map(([entry, { summary }]) => [entry, summary]),
        column,
      ),
    ),
    [
      `${isRoot ? `${name} help COMMAND` : `${name} COMMAND --help`} shows what a command takes, with examples.`,
      ...(isRoot ? [exitCodes] : []),
    ].join("\n"),
  ];
}

function examples(name: string, list: CommandSpec["examples"] = []): string {
  if (list.length === 0) return "";
  const lines = list.map(
    ([words, about]) => `  ${styled("dim", `# ${about}`)}\n  ${`${name} ${words}`.trim()}`,
  );
  return `${title("Examples")}\n${lines.join("\n")}`;
}

function section(
  heading: string,
  rows: readonly (readonly [string, string])[],
  atLeast = 0,
): string {
  if (rows.length === 0) return "";
  const column = Math.max(atLeast, ...rows.map(([left]) => Bun.stringWidth(left)));
  const lines = rows.map(([left, right]) => {
    const pad = " ".repeat(column - Bun.stringWidth(left) + 2);
    return `  ${left}${pad}${indented(right, column + 4)}`;
  });
  return `${title(heading)}\n${lines.join("\n")}`;
}

const paragraphs = (text = "") =>
  text
    .split("\n\n")
    .map((each) => (/^ /m.test(each) ? each : wrapped(each, width).join("\n")))
    .join("\n\n");

/** Wraps the text and indents every line but the first. */
const indented = (text: string, by: number) =>
  wrapped(text, width - by).join(`\n${" ".repeat(by)}`);

function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && Bun.stringWidth(`${last} ${word}`) <= columns)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

const title = (text: string) => styled("bold", `${text}:`);

/** Styled in a terminal, unless NO_COLOR is set; plain elsewhere. */
export function styled(format: Parameters<typeof styleText>[0], text: string): string {
  return hasColours(process.stdout) ? styleText(format, text, { validateStream: false }) : text;
}
