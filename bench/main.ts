import { join } from "node:path";
import { runCommand, unclear, wholeNumber, type ReadWords } from "@payflow/local-stack";
import type { Figure, Scale } from "./figure.ts";
import { figures } from "./figures.ts";
import { showProgress } from "./progress.ts";
import { documentFile, quickFolder, resultsFolder, writeDocument } from "./report/results.ts";
import { runFigures } from "./run.ts";
import { fullScale, quickScale } from "./scales.ts";

const names = figures.map(({ name }) => name);
const usage = `bun run bench [--only NAME,NAME …] [--quick] [--profile] [--rows N] [--soak MINUTES] [--out FOLDER]
bun run bench --document

Measures PayFlow beside its rivals on a PostgreSQL and a Kafka of its own, on free ports of this
machine, and removes them afterwards. A whole run takes about 25 minutes, ten of them for the large
tables, and 40 GB of disk (see --rows), and wants a machine that does nothing else. It writes bench/results/*.json and *.svg, and docs/figures.md
from all results that are there, so that a run with --only renews its own figures alone.

  --only NAME,NAME  only these figures, see below
  --quick           two minutes, small numbers, to see that it runs; writes to .bench
  --profile         also where the time goes: order's CPU time by function, PostgreSQL's by statement
                    (profiling costs time itself: don't compare such a run with another)
  --rows N          orders in the large tables of "growth" (default 5000000, --quick 10000)
  --soak MINUTES    age of the processes whose memory is read last (default 15, --quick 0)
  --out FOLDER      writes results and figures.md there instead
  --document        only writes docs/figures.md again, from the results that are there

Figures:
${figures.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`).join("\n")}

Used where installed: pgbench (else a client of ours does its loop), wrk (beside autocannon).`;

const options = {
  only: { type: "string" },
  quick: { type: "boolean" },
  profile: { type: "boolean" },
  rows: { type: "string" },
  soak: { type: "string" },
  out: { type: "string" },
  document: { type: "boolean" },
} as const;

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
  if (unknown !== undefined) throw unclear(`--only: there is no figure "${unknown}"`, usage);
  return figures.filter(({ name }) => wanted.includes(name));
}

function scaleOf(isQuick: boolean, values: ReadWords["values"]): Scale {
  const scale = isQuick ? quickScale : fullScale;
  const { rows, soak } = values;
  return {
    ...scale,
    grownRows: rows === undefined ? scale.grownRows : wholeNumber("rows", rows, { min: 1, usage }),
    soakMs:
      soak === undefined ? scale.soakMs : wholeNumber("soak", soak, { min: 0, usage }) * 60_000,
  };
}

await runCommand({ usage, options, run }, process.argv.slice(2));
