import { escapeUnseen } from "./escape_unseen.ts";

/** Rows under their column names, each on one line; Korean counts as the two cells that it takes. */
export function textTable(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const cells = [columns.map(escapeUnseen), ...rows.map((row) => columns.map((c) => text(row[c])))];
  const widths = columns.map((_, index) =>
    Math.max(...cells.map((line) => Bun.stringWidth(line[index] ?? ""))),
  );
  const lines = cells.map((line) =>
    line
      .map((cell, index) => pad(cell, widths[index] ?? 0))
      .join(" │ ")
      .trimEnd(),
  );
  const rule = widths.map((width) => "─".repeat(width)).join("─┼─");
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}

function pad(cell: string, width: number): string {
  return cell + " ".repeat(Math.max(0, width - Bun.stringWidth(cell)));
}

function text(value: unknown): string {
  if (value === null || value === undefined) return "∅";
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "object") return escapeUnseen(JSON.stringify(value));
  return escapeUnseen(String(value as string | number | boolean | bigint));
}
