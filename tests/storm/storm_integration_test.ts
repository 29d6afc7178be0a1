import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { runStorm } from "./storm.ts";

setDefaultTimeout(600_000);

const checkouts = 300;

test("a storm of 300 checkouts loses, doubles, tears and forgets nothing", async () => {
  const folder = mkdtempSync("/var/tmp/payflow-storm-");
  const seed = Date.now() % 2 ** 31;
  console.log(`The storm's seed is ${seed}`);
  const report = await runStorm({
    ...{ checkouts, seed, folder },
    shoppersAtOnce: 32,
  });
  expect(report.violations).toEqual([]);
  // it was a storm, and most got through
  expect(report.damage.kafkaWipes).toBe(1);
  expect(report.damage.processesKilled).toBeGreaterThan(0);
  expect(report.damage.backendsKilled).toBeGreaterThan(0);
  expect(report.statuses["CONFIRMED"]).toBeGreaterThan(checkouts / 2);
  rmSync(folder, { recursive: true });
}, 600_000);
