import { mkdirSync, mkdtempSync } from "node:fs";
import { wholeNumber, wordsOrExit } from "@payflow/local-stack";
import { runStorm, type StormReport } from "./storm.ts";

const usage = `bun run storm [--checkouts 10000] [--seed N] [--shoppers 32] [--json FILE]

Lets shoppers pay while parts are killed, and compares Toss, payments and orders in the end.`;
const { values } = wordsOrExit(
  {
    usage,
    options: {
      checkouts: { type: "string", default: "10000" },
      seed: { type: "string", default: String(Date.now() % 2 ** 31) },
      shoppers: { type: "string", default: "32" },
      json: { type: "string" },
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
  ...{ checkouts, seed, shoppersAtOnce, folder },
  onProgress({ done, confirmed, damage }) {
    if (performance.now() - shownAtMs < 5_000 && done < checkouts) return;
    shownAtMs = performance.now();
    console.log(
      `${done}/${checkouts} checkouts, ${confirmed} confirmed; ${damage.processesKilled} processes and ` +
        `${damage.backendsKilled} backends killed, Kafka stopped ${damage.kafkaStops} and wiped ${damage.kafkaWipes} times`,
    );
  },
});
show(report);
const file = values["json"] ?? `${folder}/report.json`;
await Bun.write(file, `${JSON.stringify(report, null, 2)}\n`);
console.log(`\nWritten to ${file}`);
process.exit(report.violations.length === 0 ? 0 : 1);

function show(told: StormReport): void {
  const { damage, figures, statuses, answers } = told;
  const rows: Record<string, unknown> = {
    seconds: Math.round(told.stormMs / 1000),
    "at rest after, ms": Math.round(told.restMs),
    "waited for 11 minutes": told.waitedElevenMinutes,
    ...{ ...damage, ...figures },
    ...prefixed("orders ", statuses),
    ...prefixed("answers ", answers),
  };
  console.log("");
  for (const [name, value] of Object.entries(rows))
    console.log(`  ${name.padEnd(28)} ${String(value).padStart(12)}`);
  console.log("");
  if (told.violations.length === 0) {
    console.log("0 lost, 0 doubled, 0 stuck, 0 torn");
    return;
  }
  console.log(`${told.violations.length} VIOLATIONS (seed ${told.seed}):`);
  for (const { rule, orderIds } of told.violations) {
    const some = orderIds.slice(0, 20).join(", ");
    console.log(
      `  ${rule}${some === "" ? "" : `: ${orderIds.length}: ${some}`}`,
    );
  }
}

function prefixed(prefix: string, counts: Readonly<Record<string, number>>) {
  return Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [prefix + name, count]),
  );
}

function whole(name: string, min: number): number {
  try {
    return wholeNumber(name, values[name] ?? "", { min, usage });
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
}
