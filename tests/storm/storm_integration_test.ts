import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { runStorm } from "./storm.ts";

setDefaultTimeout(600_000);

const checkouts = 120;

test(`runStorm() with ${checkouts} checkouts finds nothing lost, doubled, torn or stuck, and no false response`, async () => {
  const folder = mkdtempSync("/var/tmp/payflow-storm-");
  const seed = Number(process.env["STORM_SEED"] ?? Date.now() % 2 ** 31);
  console.log(`The storm's seed is ${seed}, its logs are in ${folder}`);
  const report = await runStorm({ checkouts, seed, folder, shoppersAtOnce: 32 });
  for (const { name, stormMs, restMs } of report.acts)
    console.log(`${name}: ${Math.round(stormMs)} ms, at rest after ${Math.round(restMs)} ms`);
  expect(report.violations).toEqual([]);
  // every kind of fault was injected
  const { damage } = report;
  expect(damage.kafkaWipes).toBe(1);
  expect(damage.kafkaStops).toBeGreaterThan(2);
  for (const kind of ["processesKilled", "backendsKilled", "linesCut"] as const)
    expect(damage[kind]).toBeGreaterThan(0);
  for (const kind of ["postgresKilled", "allKilled", "processesPaused"] as const)
    expect(damage[kind]).toBeGreaterThan(0);
  // each recovery mechanism corrected something
  const [withoutSweeps, bySweepsAlone] = report.acts;
  expect(withoutSweeps?.healed.bySweeps).toBe(0);
  expect(withoutSweeps?.healed.byEvents).toBeGreaterThan(0);
  expect(withoutSweeps?.healed.webhooksHandled).toBeGreaterThan(0);
  expect(bySweepsAlone?.healed.bySweeps).toBeGreaterThan(0);
  expect(bySweepsAlone?.healed.listSweeps).toBeGreaterThan(0);
  rmSync(folder, { recursive: true });
}, 600_000);
