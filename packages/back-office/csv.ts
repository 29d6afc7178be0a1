/** The byte order mark, by which Excel recognizes UTF-8. */
export const csvMark = "\uFEFF";

/** A line of CSV (RFC 4180). Text that a spreadsheet would run as a formula, also after a full-width sign, gets an apostrophe. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  const written = cells.map((cell) => {
    if (cell === null || typeof cell === "number") return String(cell ?? "");
    const text = /^[=+\-@＝＋－＠\t\r\n]/.test(cell) ? `'${cell}` : cell;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${written.join(",")}\r\n`;
}

/** A response body, produced as the client reads it. Throws errors before the first piece, for a problem response. */
export async function csvStream(
  pieces: AsyncIterable<string>,
): Promise<ReadableStream<Uint8Array>> {
  const iterator = pieces[Symbol.asyncIterator]();
  let next: IteratorResult<string> | undefined = await iterator.next();
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = next ?? (await iterator.next());
      next = undefined;
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}
