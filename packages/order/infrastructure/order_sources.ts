// Where rows of orders are read from: each source is one index, and rows come in the order of ids.
import { sql, type RawBuilder } from "kysely";
import type { OrderTerm } from "@payflow/back-office";

/** So many rows of each source are looked at for one page, when no index has all conditions. */
export const lookMax = 5_000;
/** As many rows as an index may have for the beginning of a text, which it does not have in the order of ids. */
export const candidatesMax = 10_000;

export type Walk = IdRange & { readonly isNewestFirst: boolean };

/** Rows of one index that are in the range, in the order of ids. */
export type Source = (walk: Walk, limit: number) => RawBuilder<unknown>;

const email = sql`lower(customer_email) collate "C"`;
const name = sql`lower(customer_name) collate "C"`;
const isTried = sql`payment is not null`;

export const direction = ({ isNewestFirst }: Pick<Walk, "isNewestFirst">) =>
  isNewestFirst ? sql`desc` : sql`asc`;

/** All orders, by the primary key. */
export const all: Source = (walk, limit) => sql`
  select * from orders where ${inRange(walk)} order by id ${direction(walk)} limit ${limit}`;

const inRange = ({ from, to }: IdRange) => sql`id >= ${from}::uuid and id <= ${to}::uuid`;

/** Orders with these values in the leading columns of an index that goes on with the id; `where`: as the index is partial. */
export function ofKey(
  columns: readonly RawBuilder<unknown>[],
  values: readonly unknown[],
  where = sql`true`,
): Source {
  const key = sql.join(columns);
  return (walk, limit) => sql`
    select * from orders where (${key}, id) >= (${sql.join(values)}, ${walk.from}::uuid)
      and (${key}, id) <= (${sql.join(values)}, ${walk.to}::uuid) and ${where}
    order by ${sql.join(columns.map((column) => sql`${column} ${direction(walk)}`))}, id ${direction(walk)}
    limit ${limit}`;
}

/** Text that begins so: no character sorts behind the last one that Unicode has. */
const startsWith = (column: RawBuilder<unknown>, text: string) =>
  sql`${column} >= lower(${text}) and ${column} < lower(${text}) || chr(1114111)`;

/** Of a beginning: rows in the order of the index; undefined for any other term. */
export function startOf(term: OrderTerm): ((limit: number) => RawBuilder<unknown>) | undefined {
  if (term.kind !== "emailStart" && term.kind !== "nameStart") return undefined;
  const indexed =
    term.kind === "emailStart"
      ? sql`customer_email <> ''`
      : sql`${isTried} and customer_name <> ''`;
  const column = term.kind === "emailStart" ? email : name;
  return (limit) => sql`
    select * from orders where ${startsWith(column, term.text)} and ${indexed} order by ${column} limit ${limit}`;
}

/** Those for which nobody has tried to pay are among them, and in no index of names and sums. */
const pending = ofKey([sql`status`], ["PENDING"]);

/** Sources that have all rows of a term together; `isWhole`: also of names and sums that nobody has tried to pay for long. */
export function sourcesOf(term: OrderTerm, isWhole: boolean): Source[] {
  const start = startOf(term);
  const from =
    (candidates: RawBuilder<unknown>): Source =>
    (walk, limit) => sql`
    select * from (${candidates}) c where ${inRange(walk)} order by id ${direction(walk)} limit ${limit}`;
  // as a range, of which no plan can sort the whole table
  const one = (column: RawBuilder<unknown>, value: string) =>
    from(sql`
    select * from orders where ${column} >= ${value} and ${column} <= ${value} order by ${column} limit 1`);
  const open: Source = (walk, limit) =>
    isWhole
      ? pending(walk, limit)
      : sql`
    select * from (${pending(walk, lookMax)}) p where payment is null and ${isTerm(term)}
    order by id ${direction(walk)} limit ${limit}`;
  const byStart = start ? [from(start(candidatesMax))] : [];
  switch (term.kind) {
    case "ids":
      return [
        from(sql`select * from orders where id >= ${term.from}::uuid and id <= ${term.to}::uuid`),
      ];
    case "number":
      return [one(sql`order_number`, term.text)];
    case "reference":
      return [one(sql`merchant_reference`, term.text)];
    case "orders":
      return [from(sql`select * from orders where id = any(${term.orderIds}::text[]::uuid[])`)];
    case "email":
      return [ofKey([email], [sql`lower(${term.text})`], sql`customer_email <> ''`)];
    case "amount":
      return [ofKey([sql`amount_krw`], [sql`${term.amount}::bigint`], isTried), open];
    case "emailStart":
      return byStart;
    case "nameStart":
      return [...byStart, open];
  }
}

/** Whether a row meets the term. */
export function isTerm(term: OrderTerm): RawBuilder<unknown> {
  switch (term.kind) {
    case "ids":
      return sql`(${inRange(term)})`;
    case "number":
      return sql`order_number = ${term.text}`;
    case "reference":
      return sql`merchant_reference = ${term.text}`;
    case "orders":
      return sql`id = any(${term.orderIds}::text[]::uuid[])`;
    case "email":
      return sql`${email} = lower(${term.text})`;
    case "amount":
      return sql`amount_krw = ${term.amount}::bigint`;
    case "emailStart":
      return sql`(${startsWith(email, term.text)})`;
    case "nameStart":
      return sql`(${startsWith(name, term.text)})`;
  }
}

// UUIDv7 ids sort by the time of placing, so a span of time is a range of ids.

/** UUIDs in hexadecimal digits alone, both included. */
type IdRange = { readonly from: string; readonly to: string };

/** Ids that were made from `since` on and before `until`, in milliseconds since 1970. */
export function idsBetween(since: number | undefined, until: number | undefined): IdRange {
  return {
    from: since === undefined ? "0".repeat(32) : firstIdAt(since),
    to: until === undefined ? "f".repeat(32) : neighbour(firstIdAt(until), -1n),
  };
}

/** What is left of a range behind `cursor`. */
export function idsBehind({ from, to }: IdRange, cursor: string, isNewestFirst: boolean): IdRange {
  const next = neighbour(cursor, isNewestFirst ? -1n : 1n);
  if (isNewestFirst) return { from, to: next < to ? next : to };
  return { from: next > from ? next : from, to };
}

function firstIdAt(ms: number): string {
  return digits(BigInt(Math.max(0, ms)) << 80n);
}

function neighbour(id: string, by: 1n | -1n): string {
  const number = BigInt(`0x${id.replaceAll("-", "")}`) + by;
  return digits(number < 0n ? 0n : number);
}

const digits = (number: bigint) => number.toString(16).padStart(32, "0");
