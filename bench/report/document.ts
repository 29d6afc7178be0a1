// Writes docs/figures.md from the stored results.
import { markdownTable } from "@payflow/local-stack/testing";
import { isReached, type FigureResult, type Table, type Target } from "../figure.ts";
import { shortNumber } from "./svg_chart.ts";

export type Machine = {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly bun: string;
  readonly postgres: string;
};

/** A stored figure, with all that a reader needs to judge it. */
export type StoredResult = {
  readonly name: string;
  readonly title: string;
  readonly measuredAt: string;
  /** Short hash; with "+" when files differed from it. */
  readonly commit: string;
  readonly machine: Machine;
  /** The machine's 1-minute load average before and after; other work raises it. */
  readonly load: { readonly before: number; readonly after: number };
  readonly rounds: number;
  readonly seconds: number;
  readonly result: FigureResult;
  /** Where CPU time went, with `--profile`. */
  readonly profiles: readonly Table[];
};

const introduction = (
  folder: string,
) => `Figures of PayFlow, each measured several times and together with an alternative in the same run. Written by \`bun run bench\` from [the stored results](${folder}); a full run takes about 35 minutes, \`bun run bench --quick\` two.

Wall-clock times depend on the machine and its other load: they differed by 40 % between rounds of one afternoon. Compare ratios, which were measured within seconds of each other, and CPU time, WAL bytes and statements, which hardly vary. docs/speed.md explains what limits the targets that are not reached. PostgreSQL, Kafka, both services, the PSP's sandbox and the load generator share the cores; fsync is on, and every order is durable before its response is sent.`;

/** @param folder where results and charts are, as a link from the document */
export function documentOf(results: readonly StoredResult[], folder: string): string {
  const targets = results.flatMap(({ title, result }) =>
    result.targets.map((target) => [title, ...targetCells(target)]),
  );
  const parts = [
    "# Figures",
    introduction(folder),
    "## Targets",
    targets.length === 0
      ? "No results are stored yet: `bun run bench` measures them."
      : markdownTable(["figure", "what", "wanted", "measured", "reached"], targets),
    ...results.flatMap((stored) => figurePart(stored, folder)),
  ];
  return `${parts.join("\n\n")}\n`;
}

function figurePart(stored: StoredResult, folder: string): string[] {
  const { title, result, profiles } = stored;
  return [
    `## ${title}`,
    ...result.tables.flatMap(tablePart),
    ...result.charts.map((chart) => `![${chart.title}](${folder}/${chart.name}.svg)`),
    ...result.notes,
    ...profiles.flatMap(tablePart),
    provenance(stored),
  ];
}

function tablePart({ caption, head, rows }: Table): string[] {
  return [
    `${caption}:`,
    markdownTable(
      head,
      rows.map((row) => row.map(escapedCell)),
    ),
  ];
}

export function targetCells(target: Target): string[] {
  const { text, unit, atLeast, atMost, reached } = target;
  const value = (number: number) => `${shortNumber(number)}${unit === "" ? "" : ` ${unit}`}`;
  const wanted = [
    ...(atLeast === undefined ? [] : [`≥ ${value(atLeast)}`]),
    ...(atMost === undefined ? [] : [`≤ ${value(atMost)}`]),
  ].join(", ");
  const isKnown = typeof reached === "number" && Number.isFinite(reached);
  if (!isKnown) return [text, wanted, "–", "not measured"];
  return [text, wanted, value(reached), isReached(target) ? "yes" : "**no**"];
}

function provenance({ measuredAt, commit, machine, load, rounds, seconds }: StoredResult): string {
  const { cpu, cores, memoryGb, system, bun, postgres } = machine;
  const words = [
    `${measuredAt.slice(0, 10)}, commit ${commit}`,
    `${cores} cores of ${cpu}, ${shortNumber(memoryGb)} GB`,
    system,
    `Bun ${bun}, PostgreSQL ${postgres}`,
    `load ${load.before.toFixed(1)} before and ${load.after.toFixed(1)} after`,
    `${rounds} round${rounds === 1 ? "" : "s"} in ${Math.round(seconds)} s`,
  ];
  return `_Measured ${words.join("; ")}._`;
}

function escapedCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
