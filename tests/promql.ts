// The subset of PromQL that the alerts use: sum or max over series, increase over a window, compared with a number.
// https://prometheus.io/docs/prometheus/latest/querying/basics/

type Labels = Readonly<Record<string, string>>;
export type Sample = { readonly name: string; readonly labels: Labels; readonly value: number };
/** All samples of one scrape. */
export type Scrape = readonly Sample[];
type Vector = readonly Omit<Sample, "name">[];

/** Parses the text format; `extra` are the labels that a scrape's configuration adds. */
export function parseMetrics(text: string, extra: Labels = {}): Sample[] {
  return text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [, name, labels = "", value] =
        /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      if (name === undefined) throw new Error(`Not a sample: ${line}`);
      return { name, labels: { ...labelsOf(labels), ...extra }, value: Number(value) };
    });
}

const labelsOf = (text: string) =>
  Object.fromEntries(
    [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value = ""]) => [
      name,
      value.replace(/\\(.)/g, "$1"),
    ]),
  );

/** The names of the metrics that an expression reads. */
export function metricNames(expression: string): string[] {
  const bare = expression
    .replace(/\{[^}]*\}|\[[^\]]*\]|"[^"]*"/g, " ")
    .replace(/\b(by|without|on|ignoring)\s*\([^)]*\)/g, " ");
  return [...bare.matchAll(/[a-zA-Z_:][\w:]*(?!\w*\s*\()/g)]
    .map(([name]) => name)
    .filter((name) => !/^(and|or|unless|bool|e)$/.test(name));
}

/**
 * The series for which an expression is true. `scrapes` is the window of `increase`, oldest first; everything else is
 * read from the last scrape.
 */
export function evaluate(expression: string, scrapes: readonly Scrape[]): Vector {
  const [, vector, operator, limit] = /^(.*?) (>|==|<) ([\d.]+)$/s.exec(expression.trim()) ?? [];
  if (vector === undefined) throw new Error(`Not a comparison: ${expression}`);
  const isTrue = {
    ">": (value: number) => value > Number(limit),
    "<": (value: number) => value < Number(limit),
    "==": (value: number) => value === Number(limit),
  }[operator as ">" | "<" | "=="];
  return vectorOf(vector, scrapes).filter(({ value }) => isTrue(value));
}

function vectorOf(text: string, scrapes: readonly Scrape[]): Vector {
  const aggregate = /^(sum|max)(?: by \(([^)]*)\))? ?\((.*)\)$/s.exec(text);
  if (aggregate !== null) {
    const [, how, by = "", inner = ""] = aggregate;
    const names = by.split(",").flatMap((name) => name.trim() || []);
    const groups = Map.groupBy(vectorOf(inner, scrapes), ({ labels }) =>
      JSON.stringify(names.map((name) => [name, labels[name] ?? ""])),
    );
    return [...groups].map(([key, group]) => {
      const values = group.map(({ value }) => value);
      const value = how === "max" ? Math.max(...values) : values.reduce((sum, one) => sum + one, 0);
      return { labels: Object.fromEntries(JSON.parse(key) as [string, string][]), value };
    });
  }
  const [, selector] = /^increase\((.*)\[\d+m\]\)$/s.exec(text) ?? [];
  if (selector === undefined) return select(text, scrapes.at(-1) ?? []);
  return select(selector, scrapes.at(-1) ?? []).map((series) => {
    const key = JSON.stringify(series.labels);
    const values = scrapes.flatMap((scrape) =>
      select(selector, scrape).flatMap(({ labels, value }) =>
        JSON.stringify(labels) === key ? value : [],
      ),
    );
    // a counter that fell was reset
    const grown = values.slice(1).map((value, index) => {
      const before = values[index] ?? 0;
      return value < before ? value : value - before;
    });
    return { labels: series.labels, value: grown.reduce((sum, one) => sum + one, 0) };
  });
}

function select(text: string, scrape: Scrape): Vector {
  const [, name, inner = ""] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?$/s.exec(text.trim()) ?? [];
  if (name === undefined) throw new Error(`Not a selector: ${text}`);
  const matchers = [...inner.matchAll(/(\w+)(=~|=)"([^"]*)"/g)];
  return scrape.filter(
    (sample) =>
      sample.name === name &&
      matchers.every(([, label = "", operator, wanted = ""]) => {
        const value = sample.labels[label] ?? "";
        return operator === "=" ? value === wanted : new RegExp(`^(?:${wanted})$`).test(value);
      }),
  );
}
