import type { Part } from "@payflow/ui";
import type { Page } from "@payflow/back-office";

export const parts = ["order", "payment"] as const;

/**
 * One page of what both services list newest first. A place is `17-42`: behind order's 17 and payment's 42; empty at a
 * part's beginning, `.` for a part without more.
 */
export async function pageOfBoth<Row extends { readonly id: string }>(
  after: string | undefined,
  limit: number,
  of: {
    readonly read: (part: Part, place: string) => Promise<Page<Row>>;
    readonly timeOf: (row: Row) => string;
  },
): Promise<Page<Row & { readonly part: Part }>> {
  const [, ...places] = /^(\d*|\.)-(\d*|\.)$/.exec(after ?? "") ?? [];
  const pages = await Promise.all(
    parts.map(async (part, index) => {
      const place = places[index] ?? "";
      const page = place === "." ? { rows: [], next: null } : await of.read(part, place);
      return { part, place, next: page.next, own: page.rows.map((row) => ({ part, ...row })) };
    }),
  );
  const rows = pages
    .flatMap(({ own }) => own)
    .sort((a, b) => of.timeOf(b).localeCompare(of.timeOf(a)))
    .slice(0, limit);
  // each part goes on behind what of it is shown
  const left = pages.map(({ part, place, next, own }) => {
    const shown = rows.filter((row) => row.part === part);
    return shown.length === own.length ? (next ?? ".") : (shown.at(-1)?.id ?? place);
  });
  return { rows, next: left.every((place) => place === ".") ? null : left.join("-") };
}
