import { expect, test } from "bun:test";
import { join } from "node:path";
import { generatedPart, markdownTable } from "@payflow/local-stack/testing";
import { brokenText } from "./mutation.ts";
import { mutations } from "./mutations.ts";

const root = join(import.meta.dir, "..", "..");
const read = (file: string) => Bun.file(join(root, file)).text();

test.each(mutations.map((mutation) => [mutation.rule, mutation] as const))(
  "the mutated text and the test that kills the mutation exist: %s",
  async (_, mutation) => {
    const { file, killer } = mutation;
    expect(brokenText(await read(file), mutation)).toBeDefined();
    expect(await read(killer.file)).toContain(killer.name ?? "test");
  },
);

test("docs/guarantees.md lists every rule with the test that kills its mutation", async () => {
  const rows = mutations.map(({ rule, broken, killer }) => {
    const { file, name } = killer;
    return [rule, broken, `[${file}](../${file})${name === undefined ? "" : `: ${name}`}`];
  });
  const content = markdownTable(["guarantee", "mutation", "killed by"], rows);
  const document = { document: "guarantees.md", name: "mutations", content };
  expect(await generatedPart(document)).toBe(content);
});
