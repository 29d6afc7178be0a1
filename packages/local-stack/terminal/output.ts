// The output of a command: a table for people, JSON for programs. Built-in modules only.
import { textTable } from "./text_table.ts";

export type Output = {
  readonly json: unknown;
  readonly text: string;
  /** 0 by default. */
  readonly exitCode?: number;
};

type Row = Readonly<Record<string, unknown>>;

/** A list as a table, or `none` when it is empty. */
export function listed(rows: readonly Row[], none = "None."): Output {
  const text = rows.length > 0 ? textTable(rows.map(withHeadings), forPeople) : none;
  return { json: rows, text };
}

/** One record, with a line for each field. */
export function shown(record: Row): Output {
  const rows = Object.entries(record).map(([field, value]) => ({ field: heading(field), value }));
  return { json: record, text: textTable(rows, forPeople) };
}

/** Turns `refundedAmount` into "refunded amount". */
export function heading(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

const forPeople = {
  number: (value: number | bigint) => value.toLocaleString("en-US"),
  none: "-",
};

function withHeadings(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([field, value]) => [heading(field), value]));
}
