// Draws charts as small SVG files: readable on light and dark pages, without their own font or
// script.

export type BarChart = {
  readonly kind: "bars";
  /** The file name without its extension. */
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly groups: readonly {
    readonly label: string;
    readonly bars: readonly { readonly series: string; readonly value: number }[];
  }[];
};

export type LineChart = {
  readonly kind: "lines";
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  /** What the horizontal axis counts. */
  readonly across: string;
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly { readonly x: number; readonly y: number }[];
  }[];
};

export type Chart = BarChart | LineChart;

const width = 720;
/** Distinguishable with colour blindness: https://jfly.uni-koeln.de/color/ (Okabe and Ito). */
const colours = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00"];
const style = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600; font-size: 15px }
  .small { font-size: 12px; fill: #59636e }
  .axis { stroke: #d1d9e0; stroke-width: 1 }
  .line { fill: none; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc }
    .small { fill: #9198a1 }
    .axis { stroke: #3d444d }
  }
`;

export function svgOf(chart: Chart): string {
  const { body, height } = chart.kind === "bars" ? bars(chart) : lines(chart);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(chart.title)}">`,
    `<style>${style}</style>`,
    text(12, 24, `${chart.title} (${chart.unit})`, "title"),
    ...body,
    "</svg>\n",
  ].join("\n");
}

const left = 190;
const right = 90;

function bars({ groups }: BarChart): { body: string[]; height: number } {
  const series = [...new Set(groups.flatMap((group) => group.bars.map((bar) => bar.series)))];
  const most = Math.max(...groups.flatMap((group) => group.bars.map((bar) => bar.value)), 0);
  const body = legend(series, 48);
  let y = series.length > 1 ? 72 : 48;
  for (const group of groups) {
    const middle = y + (group.bars.length * 20) / 2 + 3;
    body.push(text(left - 10, middle, group.label, "", "end"));
    for (const { series: name, value } of group.bars) {
      const length = most > 0 ? ((width - left - right) * value) / most : 0;
      const fill = colourOf(series.indexOf(name));
      body.push(
        `<rect x="${left}" y="${y}" width="${round(Math.max(1, length))}" height="16" rx="2" fill="${fill}"><title>${escaped(`${group.label}, ${name}: ${shortNumber(value)}`)}</title></rect>`,
        text(left + Math.max(1, length) + 6, y + 13, shortNumber(value), "small"),
      );
      y += 20;
    }
    y += 10;
  }
  return { body, height: y + 4 };
}

const plot = { top: 72, bottom: 320, left: 64, right: width - 24 };

function lines({ series, across }: LineChart): { body: string[]; height: number } {
  const points = series.flatMap((each) => each.points);
  const [mostX, mostY] = [
    Math.max(...points.map(({ x }) => x), 1),
    niceTop(Math.max(...points.map(({ y }) => y), 0)),
  ];
  const at = ({ x, y }: { x: number; y: number }) => ({
    x: plot.left + ((plot.right - plot.left) * x) / mostX,
    y: plot.bottom - ((plot.bottom - plot.top) * y) / mostY,
  });
  const body = legend(
    series.map((each) => each.name),
    48,
  );
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    const { y } = at({ x: 0, y: mostY * share });
    body.push(
      `<line class="axis" x1="${plot.left}" x2="${plot.right}" y1="${round(y)}" y2="${round(y)}"/>`,
      text(plot.left - 8, y + 4, shortNumber(mostY * share), "small", "end"),
    );
  }
  for (const share of [0, 0.5, 1]) {
    const { x } = at({ x: mostX * share, y: 0 });
    body.push(text(x, plot.bottom + 18, shortNumber(mostX * share), "small", "middle"));
  }
  body.push(text((plot.left + plot.right) / 2, plot.bottom + 36, across, "small", "middle"));
  for (const [index, each] of series.entries()) {
    const path = each.points.map((point) => {
      const { x, y } = at(point);
      return `${round(x)},${round(y)}`;
    });
    body.push(
      `<polyline class="line" stroke="${colourOf(index)}" points="${path.join(" ")}"><title>${escaped(each.name)}</title></polyline>`,
    );
  }
  return { body, height: plot.bottom + 48 };
}

function legend(series: readonly string[], y: number): string[] {
  if (series.length < 2) return [];
  let x = 12;
  return series.flatMap((name, index) => {
    const from = x;
    x += 34 + name.length * 7.2;
    return [
      `<rect x="${round(from)}" y="${y - 11}" width="12" height="12" rx="2" fill="${colourOf(index)}"/>`,
      text(from + 18, y, name, "small"),
    ];
  });
}

function text(x: number, y: number, words: string, kind = "", anchor = "start"): string {
  const attributes = [
    ...(kind === "" ? [] : [`class="${kind}"`]),
    ...(anchor === "start" ? [] : [`text-anchor="${anchor}"`]),
  ];
  return `<text x="${round(x)}" y="${round(y)}"${attributes.map((each) => ` ${each}`).join("")}>${escaped(words)}</text>`;
}

function colourOf(index: number): string {
  return colours[index % colours.length] ?? "#0072b2";
}

/** The next of 1, 2, 2.5 and 5 times a power of ten. */
export function niceTop(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 2.5, 5, 10].find((each) => each * power >= value * (1 - 1e-9)) ?? 10;
  return step * power;
}

/** About three significant digits, with commas: 1,234, 12.3, 0.456. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const digits = size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  return value.toLocaleString("en-US", { maximumFractionDigits: digits });
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(words: string): string {
  return words
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
