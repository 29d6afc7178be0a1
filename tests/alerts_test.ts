import { expect, test } from "bun:test";
import { join } from "node:path";
import { readAlerts, readDashboard } from "./alert_files.ts";
import { evaluate, metricNames, parseMetrics } from "./promql.ts";

const alerts = await readAlerts();
const document = await Bun.file(join(import.meta.dir, "../docs/operating.md")).text();

test("docs/operating.md has exactly one paragraph for each alert", () => {
  const [, section = ""] = /\n## Alerts\n([^]*?)\n## /.exec(document) ?? [];
  const paragraphs = [...section.matchAll(/^### (\S+)\n\n\S/gm)].map(([, name]) => name);
  expect(alerts.length).toBeGreaterThan(15);
  expect(paragraphs).toEqual(alerts.map(({ alert }) => alert));
  for (const { alert, annotations, labels } of alerts) {
    expect(annotations.runbook).toBe(`docs/operating.md#${alert.toLowerCase()}`);
    expect(annotations.summary).not.toBe("");
    expect(labels["severity"]).toBeOneOf(["critical", "warning"]);
  }
});

test("docs/operating.md explains every metric that an alert or the dashboard reads", async () => {
  const [, section = ""] = /\n## Metrics\n([^]*?)\n## /.exec(document) ?? [];
  const explained = new Set([...section.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  const expressions = [...alerts, ...(await readDashboard())].flatMap(({ expr }) =>
    metricNames(expr).map((name) => name.replace(/_seconds_(bucket|count|sum)$/, "_seconds")),
  );
  expect(expressions.filter((name) => name !== "up" && !explained.has(name))).toEqual([]);
});

test("evaluate() compares, groups and computes increase() as Prometheus does", () => {
  const scrape = (count: number, gauge: number) =>
    parseMetrics(
      `# TYPE a counter\na_total{kind="x",service="one"} ${count}\na_total{kind="y",service="one"} 5\n` +
        `b{service="one"} ${gauge}\nb{service="two"} 1\n`,
      { job: "j" },
    );
  const [first, second, reset] = [scrape(1, 0), scrape(4, 2), scrape(2, 3)];
  const grew = "sum by (service) (increase(a_total[5m])) > 2";
  expect(evaluate(grew, [first])).toEqual([]);
  expect(evaluate(grew, [first, second])).toEqual([{ labels: { service: "one" }, value: 3 }]);
  expect(evaluate(grew, [first, second, reset])).toEqual([
    { labels: { service: "one" }, value: 5 },
  ]);
  expect(evaluate('sum(increase(a_total{kind=~"y|z"}[5m])) > 0', [first, second])).toEqual([]);
  expect(evaluate("max by (service) (b) > 1", [first, second])).toEqual([
    { labels: { service: "one" }, value: 2 },
  ]);
  expect(evaluate('b{service="one"} == 0', [second, first])).toHaveLength(1);
  expect(metricNames('sum by (le, kind) (rate(a_bucket{kind="x"}[5m])) / b')).toEqual([
    "a_bucket",
    "b",
  ]);
});
