import { mkdirSync, mkdtempSync } from "node:fs";
import { scriptWords, wholeNumber } from "@payflow/local-stack";
import { triedLine } from "./floor.ts";
import { runStorm, type StormReport } from "./storm.ts";

const { values, flags } = await scriptWords(
  "bun run storm",
  {
    summary: "Let shoppers pay while parts fail, then compare Toss, payments and orders",
    options: {
      checkouts: { value: "N", about: "Number of checkouts", default: "10000" },
      seed: {
        value: "N",
        about: "Seed of all random choices, to repeat a run",
        default: String(Date.now() % 2 ** 31),
      },
      shoppers: { value: "N", about: "Concurrent shoppers", default: "32" },
      json: { value: "FILE", about: "Where to write the report" },
      restore: { about: "Also restore each database from a backup during the run" },
    },
  },
  process.argv.slice(2),
);
const [checkouts, seed, shoppersAtOnce] = [
  whole("checkouts", 1),
  whole("seed", 0),
  whole("shoppers", 1),
];
mkdirSync("/var/tmp", { recursive: true });
const folder = mkdtempSync("/var/tmp/payflow-storm-");
console.log(`Storm of ${checkouts} checkouts, seed ${seed}; logs in ${folder}`);

let shownAtMs = 0;
const report = await runStorm({
  checkouts,
  seed,
  shoppersAtOnce,
  folder,
  putsBack: flags["restore"] === true,
  onProgress({ act, done, paid, damage }) {
    if (performance.now() - shownAtMs < 5_000 && done < checkouts) return;
    shownAtMs = performance.now();
    const { processesKilled, backendsKilled, postgresKilled } = damage;
    console.log(
      `${act}: ${done}/${checkouts} checkouts, ${paid} reported as paid; killed ${processesKilled} processes, ` +
        `${backendsKilled} backends, PostgreSQL ${postgresKilled} and everything ${damage.allKilled} times; paused ${damage.processesPaused}, ` +
        `cut ${damage.linesCut} lines; Kafka stopped ${damage.kafkaStops} and wiped ${damage.kafkaWipes} times`,
    );
  },
});
show(report);
const file = values["json"] ?? `${folder}/report.json`;
await Bun.write(file, `${JSON.stringify(report, null, 2)}\n`);
console.log(`Written to ${file}`);
process.exit(report.violations.length === 0 ? 0 : 1);

function show(report: StormReport): void {
  const { acts, damage, figures, statuses, answers, violations } = report;
  for (const { name, checkouts: count, stormMs, restMs, healed } of acts) {
    console.log(
      `\n  ${name}: ${count} checkouts in ${seconds(stormMs)} s, settled after ${seconds(restMs)} s`,
    );
    table({ ...healed });
  }
  console.log("");
  table({
    "waited for 11 minutes": report.waitedElevenMinutes,
    ...damage,
    ...figures,
    ...prefixed("orders ", statuses),
    ...prefixed("responses ", answers),
  });
  console.log("");
  if (violations.length > 0) console.log(`${violations.length} VIOLATIONS (seed ${report.seed}):`);
  for (const { rule, orderIds } of violations) {
    const some = orderIds.slice(0, 20).join(", ");
    console.log(`  ${rule}${some === "" ? "" : `: ${orderIds.length}: ${some}`}`);
  }
  const verdict =
    violations.length === 0
      ? "0 lost, 0 doubled, 0 stuck, 0 torn, 0 false"
      : `${violations.length} rules broken`;
  console.log(`${triedLine(report.tried)}: ${verdict}`);
}

function table(rows: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(rows))
    console.log(`  ${name.padEnd(28)} ${String(value).padStart(12)}`);
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

function prefixed(prefix: string, counts: Readonly<Record<string, number>>) {
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [prefix + name, count]));
}

function whole(name: string, min: number): number {
  try {
    return wholeNumber(name, values[name] ?? "", { min });
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
}
