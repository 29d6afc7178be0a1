import type { Part } from "@payflow/ui";
import type { Page } from "@payflow/back-office";
import { earlier } from "@payflow/shared";

export const parts = ["order", "payment"] as const;

/**
 * One page merged from the lists of both services, newest first. A cursor is `17-42`: after order's row 17 and payment's
 * row 42. A part is empty at its beginning and `.` at its end.
 */
export async function pageOfBoth<Row extends { readonly id: string }>(
  after: string | undefined,
  limit: number,
  of: {
    readonly read: (part: Part, place: string) => Promise<Page<Row>>;
    readonly timeOf: (row: Row) => string;
  },
): Promise<Page<Row & { readonly part: Part }>> {
  const [, ...places] = /^(\d{0,18}|\.)-(\d{0,18}|\.)$/.exec(after ?? "") ?? [];
  const pages = await Promise.all(
    parts.map(async (part, index) => {
      const place = places[index] ?? "";
      const page = place === "." ? { rows: [], next: null } : await of.read(part, place);
      return { part, place, next: page.next, own: page.rows.map((row) => ({ part, ...row })) };
    }),
  );
  const lists = pages.map(({ own }) => own);
  const rows = mergeNewest(lists, of.timeOf).slice(0, limit);
  // each part continues after its last shown row
  const left = pages.map(({ part, place, next, own }) => {
    const shown = rows.filter((row) => row.part === part);
    return shown.length === own.length ? (next ?? ".") : (shown.at(-1)?.id ?? place);
  });
  return { rows, next: left.every((place) => place === ".") ? null : left.join("-") };
}

/** Merges lists, newest first; keeps the order of each, because its next page begins after its last shown row. */
export function mergeNewest<Row>(lists: readonly Row[][], timeOf: (row: Row) => string): Row[] {
  const timed = lists.flatMap((rows) => {
    // clocks differ, so a row may have a later time than the row before it
    let time = "\uffff";
    return rows.map((row) => ({ row, time: (time = earlier(time, timeOf(row))) }));
  });
  return timed.sort((a, b) => b.time.localeCompare(a.time)).map(({ row }) => row);
}
