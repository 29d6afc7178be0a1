import { escapeUnseen } from "./escape_unseen.ts";

/**
 * One line per row, under the column names. Columns align by the cells of a terminal: a Korean
 * letter takes two. Numbers align right; `number` formats them, `none` replaces null.
 */
export function textTable(
  rows: readonly Readonly<Record<string, unknown>>[],
  {
    number = String,
    none = "∅",
  }: { readonly number?: (value: number | bigint) => string; readonly none?: string } = {},
): string {
  const columns = Object.keys(rows[0] ?? {});
  const isNumeric = columns.map((column) => {
    const values = rows.map((row) => row[column]).filter((value) => value != null);
    return values.length > 0 && values.every(isNumber);
  });
  const shown = (value: unknown) => {
    if (value === null || value === undefined) return none;
    return isNumber(value) ? number(value) : text(value);
  };
  const cells = [
    columns.map(escapeUnseen),
    ...rows.map((row) => columns.map((column) => shown(row[column]))),
  ];
  const widths = columns.map((_, index) =>
    Math.max(...cells.map((line) => Bun.stringWidth(line[index] ?? ""))),
  );
  const lines = cells.map((line) =>
    line
      .map((cell, index) => pad(cell, widths[index] ?? 0, isNumeric[index] ?? false))
      .join(" │ ")
      .trimEnd(),
  );
  const rule = widths.map((width) => "─".repeat(width)).join("─┼─");
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

function pad(cell: string, width: number, isRight: boolean): string {
  const space = " ".repeat(Math.max(0, width - Bun.stringWidth(cell)));
  return isRight ? space + cell : cell + space;
}

function text(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "object") return escapeUnseen(JSON.stringify(value));
  return escapeUnseen(String(value as string | boolean));
}
