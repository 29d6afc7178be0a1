import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { cpus, loadavg, release, totalmem, type as osType } from "node:os";
import { dirname, join, relative } from "node:path";
import { documentOf, type Machine, type StoredResult } from "./document.ts";
import { svgOf } from "./svg_chart.ts";

const root = join(import.meta.dir, "../..");
/** The committed results of whole runs; docs/figures.md is written from them. */
export const resultsFolder = join(root, "bench/results");
/** Results of `--quick`, which are not committed. */
export const quickFolder = join(root, ".bench");
export const documentFile = join(root, "docs/figures.md");

export function describeMachine(postgres: string): Machine {
  const [first] = cpus();
  return {
    cpu: first?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1e9),
    system: `${osType()} ${release()}`,
    bun: Bun.version,
    postgres,
  };
}

export function loadNow(): number {
  return loadavg()[0] ?? 0;
}

/** The commit that is checked out; "+" after it when files differ. */
export function currentCommit(): string {
  const git = (...words: string[]) =>
    Bun.spawnSync(["git", "-C", root, ...words])
      .stdout.toString()
      .trim();
  const hash = git("rev-parse", "--short=10", "HEAD");
  return hash === "" ? "unknown" : `${hash}${git("status", "--porcelain") === "" ? "" : "+"}`;
}

/** Writes one figure's result and its charts. */
export async function storeResult(folder: string, stored: StoredResult): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await Bun.write(join(folder, `${stored.name}.json`), `${JSON.stringify(stored, null, 2)}\n`);
  for (const chart of stored.result.charts)
    await Bun.write(join(folder, `${chart.name}.svg`), svgOf(chart));
}

/** All results of a folder, in the order of the names given. */
export async function readResults(
  folder: string,
  names: readonly string[],
): Promise<StoredResult[]> {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const found = names.filter((name) => files.includes(`${name}.json`));
  return await Promise.all(
    found.map((name) => Bun.file(join(folder, `${name}.json`)).json() as Promise<StoredResult>),
  );
}

/** Writes the document from a folder's results, and formats both with `bun fmt`. */
export async function writeDocument(
  file: string,
  folder: string,
  names: readonly string[],
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const link = relative(dirname(file), folder) || ".";
  await Bun.write(file, documentOf(await readResults(folder, names), link));
  const written = [file, ...readdirSync(folder).map((name) => join(folder, name))];
  const toFormat = written.filter((name) => /\.(md|json)$/.test(name));
  Bun.spawnSync([process.execPath, "fmt", "--no-script", ...toFormat], { cwd: root });
}
