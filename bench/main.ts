import { join } from "node:path";
import {
  runProgram,
  UsageError,
  wholeNumber,
  type Command,
  type ReadWords,
} from "@payflow/local-stack";
import type { Figure, Scale } from "./figure.ts";
import { figures } from "./figures.ts";
import { showProgress } from "./progress.ts";
import { documentFile, quickFolder, resultsFolder, writeDocument } from "./report/results.ts";
import { runFigures } from "./run.ts";
import { fullScale, quickScale } from "./scales.ts";

const names = figures.map(({ name }) => name);
const command: Command = {
  summary: "Measure PayFlow and its alternatives",
  about: `Starts its own PostgreSQL and Kafka on free ports, and removes them afterwards. A full run takes about 35 minutes, ten of them for the large tables, and 40 GB of disk (see --rows), and needs a machine without other load. It writes bench/results/*.json and *.svg, and docs/figures.md from all stored results, so a run with --only updates only its own figures.

Figures:
${figures.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`).join("\n")}

Uses pgbench if installed (otherwise a client of its own), and wrk (besides autocannon).`,
  options: {
    only: { value: "NAME,NAME", about: "Measures only these figures" },
    quick: {
      about: "A two-minute run with small numbers, to check that it works; writes to .bench",
    },
    profile: {
      about:
        "Also records order's CPU time by function and PostgreSQL's by statement. Profiling takes time itself, so do not compare such a run with others",
    },
    rows: {
      value: "N",
      about: "Orders in the large tables of growth (5000000; 10000 with --quick)",
    },
    soak: {
      value: "MINUTES",
      about: "Age of the processes whose memory is read last (15; 0 with --quick)",
    },
    out: { value: "FOLDER", about: "Writes results and figures.md to this folder" },
    document: { about: "Only renders docs/figures.md again, from the stored results" },
  },
  run,
};

async function run({ flags, values }: ReadWords): Promise<void> {
  const isQuick = flags["quick"] === true;
  const out = values["out"] ?? (isQuick ? quickFolder : resultsFolder);
  const isUsual = out === resultsFolder;
  const document = isUsual ? documentFile : join(out, "figures.md");
  if (!flags["document"]) await measure({ flags, values, out });
  await writeDocument(document, out, names);
  console.log(`Written to ${out} and ${document}`);
}

async function measure(given: Omit<ReadWords, "words"> & { out: string }): Promise<void> {
  const { flags, values, out } = given;
  const chosen = chosenFigures(values["only"]);
  const scale = scaleOf(flags["quick"] === true, values);
  let beforeMs = 0;
  const estimatesMs = chosen.map((figure) => {
    const ms = figure.estimateMs(scale, beforeMs);
    beforeMs += ms;
    return ms;
  });
  const progress = showProgress(estimatesMs);
  try {
    const cpuProfile = flags["profile"] === true;
    await runFigures({ figures: chosen, scale, cpuProfile, out, progress });
  } finally {
    progress.end();
  }
}

function chosenFigures(only: string | undefined): readonly Figure[] {
  if (only === undefined) return figures;
  const wanted = only.split(",").map((name) => name.trim());
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new UsageError(`--only: there is no figure "${unknown}"`);
  return figures.filter(({ name }) => wanted.includes(name));
}

function scaleOf(isQuick: boolean, values: ReadWords["values"]): Scale {
  const scale = isQuick ? quickScale : fullScale;
  const { rows, soak } = values;
  return {
    ...scale,
    grownRows: rows === undefined ? scale.grownRows : wholeNumber("rows", rows),
    soakMs: soak === undefined ? scale.soakMs : wholeNumber("soak", soak, { min: 0 }) * 60_000,
  };
}

await runProgram({ name: "bun run bench", root: command }, process.argv.slice(2));
