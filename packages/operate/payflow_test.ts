import { expect, test } from "bun:test";
import type { Command, Program } from "@payflow/local-stack";
import { generatedPart, markdownTable } from "@payflow/local-stack/testing";
import { roles } from "@payflow/access";
import { orderStatuses } from "@payflow/shared";
import { roleNames } from "./commands/keys.ts";
import { orderStatusNames } from "./commands/orders.ts";
import { contextOf } from "./context.ts";
import { payflow } from "./payflow.ts";
import { runPayflow } from "./testing/mod.ts";

type Leaf = { readonly words: string; readonly command: Command };

function leaves(entry: Program["root"], words: readonly string[] = []): Leaf[] {
  if (!("commands" in entry)) return [{ words: words.join(" "), command: entry }];
  return Object.entries(entry.commands).flatMap(([name, each]) => leaves(each, [...words, name]));
}

const commands = leaves(payflow(contextOf({})).root);

test("docs/operating.md lists every command, with what it prints as JSON", async () => {
  const rows = commands.map(({ words, command: { summary, fields } }) => [
    `\`${words}\``,
    summary,
    fields ?? "",
  ]);
  const content = markdownTable(["`bun run payflow …`", "does", "`--json` prints"], rows);
  expect(await generatedPart({ document: "operating.md", name: "commands", content })).toBe(
    content,
  );
});

test("every command has a one-line summary, and explains its options", () => {
  for (const { words, command } of commands) {
    expect(command.summary, words).toMatch(/^[A-Z].{10,80}[^.]$/);
    for (const [name, option] of Object.entries(command.options ?? {}))
      expect(option.about, `${words} --${name}`).toMatch(/^.{8,}[^.]$/);
  }
});

test("commands that delete, refund or cancel need a confirmation or --yes", () => {
  const destroying = /^(Delete|Remove|Discard|Refund|Cancel|Revoke|Stop the stack and delete)\b/;
  const without = commands
    .filter(({ command: { summary } }) => destroying.test(summary))
    .filter(({ command: { options = {} } }) => !("yes" in options));
  expect(without.map(({ words }) => words)).toEqual([]);
});

test("keys create has all roles", () => {
  expect(roleNames).toEqual([...roles]);
});

test("orders list has all order statuses", () => {
  expect(orderStatusNames).toEqual([...orderStatuses]);
});

test("every command's help fits a terminal of 100 columns", async () => {
  for (const { words } of commands) {
    const { text } = await runPayflow(["help", ...words.split(" ")]);
    expect(text).toContain(`Usage: bun run payflow ${words}`);
    const long = text.split("\n").filter((line) => Bun.stringWidth(line) > 100);
    expect(long, words).toEqual([]);
  }
});
