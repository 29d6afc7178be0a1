import { expect, test } from "bun:test";
import { niceTop, shortNumber, svgOf } from "./svg_chart.ts";

test("svgOf() draws bars in proportion to their values, with labels", () => {
  const svg = svgOf({
    kind: "bars",
    name: "x",
    title: "Orders <a second>",
    unit: "more is better",
    groups: [
      {
        label: "64 & more",
        bars: [
          { series: "PayFlow", value: 8000 },
          { series: "rival", value: 2000 },
        ],
      },
    ],
  });
  const widths = [...svg.matchAll(/height="16".*?<title>/g)].map(([bar]) =>
    Number(/width="([\d.]+)"/.exec(bar)?.[1]),
  );
  const all = [...svg.matchAll(/<rect x="190" y="\d+" width="([\d.]+)"/g)].map(([, w]) =>
    Number(w),
  );
  expect(widths).toHaveLength(2);
  expect((all[0] ?? 0) / (all[1] ?? 1)).toBeCloseTo(4);
  expect(svg).toContain("Orders &lt;a second&gt; (more is better)");
  expect(svg).toContain("64 &amp; more");
  expect(svg).toContain("8,000");
  expect(svg).toContain("prefers-color-scheme: dark");
});

test("svgOf() draws a line through every point, within the chart", () => {
  const svg = svgOf({
    kind: "lines",
    name: "x",
    title: "t",
    unit: "u",
    across: "seconds",
    series: [
      {
        name: "a",
        points: [
          { x: 0, y: 0 },
          { x: 10, y: 100 },
        ],
      },
    ],
  });
  const points = /points="([^"]+)"/.exec(svg)?.[1]?.split(" ");
  expect(points).toEqual(["64,320", "696,72"]);
});

test("svgOf() is well formed without any value", () => {
  for (const kind of ["bars", "lines"] as const) {
    const empty = { kind, name: "x", title: "t", unit: "u", across: "", groups: [], series: [] };
    const svg = svgOf(empty as never);
    expect(svg).not.toMatch(/NaN|Infinity/);
    expect(svg).toEndWith("</svg>\n");
  }
});

test("niceTop() returns the next round number", () => {
  expect([0, 0.3, 1, 17, 21, 99, 100, 101].map(niceTop)).toEqual([
    1, 0.5, 1, 20, 25, 100, 100, 200,
  ]);
});

test("shortNumber() shows about three significant digits", () => {
  expect([0, 0.12345, 1.239, 12.34, 1234.5, NaN].map(shortNumber)).toEqual([
    "0",
    "0.123",
    "1.24",
    "12.3",
    "1,235",
    "–",
  ]);
});
