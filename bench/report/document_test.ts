import { expect, test } from "bun:test";
import { figures } from "../figures.ts";
import { fullScale } from "../scales.ts";
import { documentOf, targetCells, type StoredResult } from "./document.ts";
import { documentFile, readResults, resultsFolder } from "./results.ts";

const names = figures.map(({ name }) => name);

test("targetCells() shows whether a target is reached or could not be measured", () => {
  const target = { text: "p99", unit: "ms", atMost: 20 };
  expect(targetCells({ ...target, reached: 20 })).toEqual(["p99", "≤ 20 ms", "20 ms", "yes"]);
  expect(targetCells({ ...target, reached: 20.5 })).toEqual([
    "p99",
    "≤ 20 ms",
    "20.5 ms",
    "**no**",
  ]);
  expect(targetCells({ text: "×", unit: "×", atLeast: 1.2, reached: 1.3 })[3]).toBe("yes");
  for (const reached of [undefined, NaN, null as never])
    expect(targetCells({ ...target, reached })[3]).toBe("not measured");
});

test("documentOf() shows targets first, then each figure with its tables, charts and machine", () => {
  const stored: StoredResult = {
    name: "orders",
    title: "Orders",
    measuredAt: "2026-11-27T01:02:03.000Z",
    commit: "abc1234567",
    machine: {
      cpu: "Some CPU",
      cores: 2,
      memoryGb: 25,
      system: "Linux 6",
      bun: "1.4.5",
      postgres: "18.4",
    },
    load: { before: 0.1, after: 1.94 },
    rounds: 3,
    seconds: 61.4,
    result: {
      targets: [{ text: "rate", unit: "×", atLeast: 1.2, reached: 1.31 }],
      tables: [{ caption: "Rates", head: ["a", "b"], rows: [["1", "x|y"]] }],
      charts: [{ kind: "bars", name: "orders", title: "Orders a second", unit: "", groups: [] }],
      notes: ["A note."],
      samples: {},
    },
    profiles: [],
  };
  const text = documentOf([stored], "../bench/results");
  const order = [
    "| Orders | rate | ≥ 1.2 × | 1.31 ×   | yes     |",
    "## Orders",
    "| 1   | x\\|y |",
    "![Orders a second](../bench/results/orders.svg)",
    "A note.",
    "2026-11-27, commit abc1234567; 2 cores of Some CPU, 25 GB",
    "load 0.1 before and 1.9 after; 3 rounds in 61 s",
  ].map((part) => text.indexOf(part));
  expect(order).not.toContain(-1);
  expect(order).toEqual(order.toSorted((a, b) => a - b));
});

test("docs/figures.md matches bench/results", async () => {
  const results = await readResults(resultsFolder, names);
  expect(await Bun.file(documentFile).text()).toBe(documentOf(results, "../bench/results"));
});

test("the estimates of a whole run stay below half an hour", () => {
  let ms = 0;
  for (const figure of figures) ms += figure.estimateMs(fullScale, ms);
  expect(ms).toBeLessThan(30 * 60_000);
  expect(ms).toBeGreaterThan(10 * 60_000);
});

test("every figure has its own name and a summary", () => {
  expect(new Set(names).size).toBe(figures.length);
  for (const { summary } of figures) expect(summary.length).toBeGreaterThan(10);
});
