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
  summary: "Measure PayFlow beside its rivals",
  about: `On a PostgreSQL and a Kafka of its own, on free ports of this machine, which it removes afterwards. A whole run takes about 35 minutes, ten of them for the large tables, and 40 GB of disk (see --rows), and wants a machine that does nothing else. It writes bench/results/*.json and *.svg, and docs/figures.md from all results that are there, so that a run with --only renews its own figures alone.

Figures:
${figures.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`).join("\n")}

Used where installed: pgbench (else a client of ours does its loop), wrk (beside autocannon).`,
  options: {
    only: { value: "NAME,NAME", about: "Only these figures" },
    quick: { about: "Two minutes, small numbers, to see that it runs; writes to .bench" },
    profile: {
      about:
        "Also where the time goes: order's CPU time by function, PostgreSQL's by statement (profiling costs time itself: don't compare such a run with another)",
    },
    rows: {
      value: "N",
      about: "Orders in the large tables of growth (5000000; 10000 with --quick)",
    },
    soak: {
      value: "MINUTES",
      about: "Age of the processes whose memory is read last (15; 0 with --quick)",
    },
    out: { value: "FOLDER", about: "Writes results and figures.md there instead" },
    document: { about: "Only writes docs/figures.md again, from the results that are there" },
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
