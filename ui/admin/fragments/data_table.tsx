import type { Child } from "hono/jsx";

export type Column<Row> = {
  readonly head: string;
  readonly cell: (row: Row) => Child;
  /** Sums and counts: tabular figures, to the right. */
  readonly isNumber?: boolean;
  /** Names the row: first on a phone's card. */
  readonly isTitle?: boolean;
  /** Stands beside that name on a phone's card, without its head. */
  readonly isBeside?: boolean;
  /** Keeps some room beside one that takes what is left. */
  readonly isMedium?: boolean;
  /** Takes the room that is left. */
  readonly isWide?: boolean;
  /** Holds what can be pressed, which names itself. */
  readonly isAction?: boolean;
  /** Keeps its contents on one line. */
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
 * Rows that become cards on a phone, where each cell bears its column's head and empty ones are left out. The roles stand in the markup, since a
 * table that is not laid out as one loses its own.
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
