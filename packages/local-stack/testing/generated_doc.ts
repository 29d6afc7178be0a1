/**
 * The generated part of a document under docs/, between `<!-- name -->` and `<!-- /name -->`. With
 * UPDATE_DOCS=1 it is replaced by `content` first, so that a test that compares both passes.
 */
export async function generatedPart(options: {
  readonly document: string;
  readonly name: string;
  readonly content: string;
}): Promise<string> {
  const { name, content } = options;
  const file = Bun.file(`${import.meta.dir}/../../../docs/${options.document}`);
  const text = await file.text();
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = text.indexOf(begin) + begin.length;
  const to = text.indexOf(end);
  if (from < begin.length || to < from) {
    throw new Error(`docs/${options.document} has no part ${begin} … ${end}`);
  }
  if (process.env["UPDATE_DOCS"] !== "1") return text.slice(from, to).trim();
  await file.write(`${text.slice(0, from)}\n\n${content}\n\n${text.slice(to)}`);
  return content;
}

/** A Markdown table with the column widths of `bun fmt`. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const widths = head.map((_, column) =>
    Math.max(3, ...[head, ...rows].map((row) => widthOf(row[column]))),
  );
  const line = (cells: readonly string[], filler = " ") =>
    `| ${widths.map((width, column) => (cells[column] ?? "") + filler.repeat(width - widthOf(cells[column]))).join(" | ")} |`;
  return [line(head), line([], "-"), ...rows.map((row) => line(row))].join("\n");
}

function widthOf(cell = ""): number {
  return Bun.stringWidth(cell);
}
