/** By which Excel knows that a file is UTF-8. */
export const csvMark = "\uFEFF";

/** A line of CSV (RFC 4180) with its end; a text that a spreadsheet takes for a formula gets an apostrophe before it. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  const written = cells.map((cell) => {
    if (cell === null || typeof cell === "number") return String(cell ?? "");
    const text = /^[=+\-@\t\r\n]/.test(cell) ? `'${cell}` : cell;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${written.join(",")}\r\n`;
}
