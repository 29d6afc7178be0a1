import type { Child } from "hono/jsx";

export type Column<Row> = {
  readonly head: string;
  readonly cell: (row: Row) => Child;
  /** Amounts and counts: tabular figures, right-aligned. */
  readonly isNumber?: boolean;
  /** Names the row: comes first in a phone's card. */
  readonly isTitle?: boolean;
  /** Beside the title in a phone's card, without its head. */
  readonly isBeside?: boolean;
  /** Has a minimum width beside a wide column. */
  readonly isMedium?: boolean;
  /** Takes the remaining width. */
  readonly isWide?: boolean;
  /** Contains buttons or links, which need no head. */
  readonly isAction?: boolean;
  /** Does not wrap. */
  readonly isShort?: boolean;
};

type DataTableProps<Row> = {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Totals below the rows, one for each column. */
  readonly foot?: readonly Child[];
};

/**
 * A table whose rows become cards on a phone: each cell shows its column's head, and empty cells are hidden. The
 * explicit roles are needed because a table with another `display` loses its implicit roles.
 */
export function DataTable<Row>({ caption, columns, rows, foot }: DataTableProps<Row>) {
  return (
    <table class="data" role="table">
      <caption class="sr-only">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((column) => (
            <th role="columnheader" scope="col" class={classOf(column)}>
              {column.head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr role="row">
            {columns.map((column) => (
              <td role="cell" class={classOf(column)} data-head={column.head}>
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
      {foot && (
        <tfoot role="rowgroup">
          <tr role="row">
            {foot.map((cell, index) => (
              <td
                role="cell"
                class={classOf(columns[index] ?? {})}
                data-head={columns[index]?.head}
              >
                {cell}
              </td>
            ))}
          </tr>
        </tfoot>
      )}
    </table>
  );
}

type Looks = Pick<
  Column<never>,
  "isNumber" | "isTitle" | "isBeside" | "isMedium" | "isWide" | "isShort" | "isAction"
>;

function classOf(looks: Looks): string | undefined {
  const { isNumber, isTitle, isBeside, isMedium, isWide, isShort, isAction } = looks;
  const names = [
    isNumber && "num",
    isTitle && "lead",
    isBeside && "beside",
    isMedium && "medium",
    isWide && "wide",
    isShort && "short",
    isAction && "act",
  ];
  return names.filter(Boolean).join(" ") || undefined;
}
