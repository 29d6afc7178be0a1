import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { StoredResult } from "./report/document.ts";

setDefaultTimeout(600_000);

test("bun run bench measures a figure on its own servers and writes result, chart and document", async () => {
  const out = mkdtempSync("/var/tmp/payflow-bench-test-");
  try {
    const { exitCode, output } = await run("--quick", "--only", "effect", "--out", out);
    expect(exitCode, output).toBe(0);
    const read = (name: string) => readFileSync(join(out, name), "utf8");
    const { result, title } = JSON.parse(read("effect.json")) as StoredResult;
    expect(result.targets.map(({ reached }) => typeof reached)).toEqual(
      Array.from({ length: 4 }, () => "number"),
    );
    expect(read("effect.svg")).toStartWith("<svg ");
    for (const heading of ["Targets", title])
      expect(read("figures.md")).toContain(`\n## ${heading}\n`);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});

test("bun run bench shows its help and rejects an unknown figure", async () => {
  const help = await run("--help");
  expect(help.exitCode).toBe(0);
  expect(help.output).toContain("--only NAME,NAME");
  const unknown = await run("--only", "orders,nothing");
  expect(unknown.exitCode).toBe(2);
  expect(unknown.output).toContain('there is no figure "nothing"');
});

async function run(...words: string[]): Promise<{ exitCode: number; output: string }> {
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/main.ts`, ...words], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = await Promise.all(
    [child.stdout, child.stderr].map((stream) => new Response(stream).text()),
  );
  return { exitCode: await child.exited, output: output.join("") };
}
