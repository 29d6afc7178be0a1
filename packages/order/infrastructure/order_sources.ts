// Sources of order rows for searches. Each source reads one index and returns rows in the order of their ids.
import { sql, type RawBuilder } from "kysely";
import type { OrderTerm } from "@payflow/back-office";

/** Rows of each source that are read for one page when no index covers all conditions. */
export const scanMax = 5_000;
/** Rows that a prefix may match in an index: such rows must be sorted, because the index is not in the order of ids. */
export const candidatesMax = 10_000;

export type Sql = RawBuilder<unknown>;
export type Walk = IdRange & { readonly isNewestFirst: boolean };

/** Up to `limit` rows of one index within the range, in the order of ids. */
export type Source = (walk: Walk, limit: number) => Sql;

const email = sql`lower(customer_email) collate "C"`;
const name = sql`lower(customer_name) collate "C"`;
const isTried = sql`payment is not null`;
const hasEmail = sql`customer_email <> ''`;

export const direction = ({ isNewestFirst }: Pick<Walk, "isNewestFirst">) =>
  isNewestFirst ? sql`desc` : sql`asc`;

/** All orders, by the primary key. */
export const all: Source = (walk, limit) => sql`
  select * from orders where ${inRange(walk)} order by id ${direction(walk)} limit ${limit}`;

const inRange = ({ from, to }: IdRange) => sql`id >= ${from}::uuid and id <= ${to}::uuid`;

/** Orders with these values in the leading columns of an index that ends with the id; `where`: its condition. */
export function ofKey(
  columns: readonly Sql[],
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

type Lookup = {
  readonly isMet: Sql;
  readonly indexed: Source;
  /** The index lacks orders without a payment attempt. */
  readonly isOfTried?: true;
  /** For a prefix: its rows in the order of the index. */
  readonly start?: (limit: number) => Sql;
};

export function lookupOf(term: OrderTerm): Lookup {
  switch (term.kind) {
    case "ids":
      return few(sql`(${inRange(term)})`);
    case "orders":
      return few(sql`id = any(${term.orderIds}::text[]::uuid[])`);
    case "number":
      return one(sql`order_number`, term.text);
    case "reference":
      return one(sql`merchant_reference`, term.text);
    case "email":
      return equal(email, sql`lower(${term.text})`, hasEmail);
    case "amount":
      return { ...equal(sql`amount_krw`, sql`${term.amount}::bigint`, isTried), isOfTried: true };
    case "emailStart":
      return begun(email, term.text, hasEmail);
    case "nameStart":
      return {
        ...begun(name, term.text, sql`${isTried} and customer_name <> ''`),
        isOfTried: true,
      };
  }
}

const few = (isMet: Sql, rest = sql``): Lookup => ({
  isMet,
  indexed: among(sql`select * from orders where ${isMet} ${rest}`),
});

/** Equality as a range, so that no plan sorts the whole table. */
const one = (column: Sql, value: string) =>
  few(sql`(${column} >= ${value} and ${column} <= ${value})`, sql`order by ${column} limit 1`);

const equal = (column: Sql, value: Sql, where: Sql): Lookup => ({
  isMet: sql`${column} = ${value}`,
  indexed: ofKey([column], [value], where),
});

/** Text with this prefix, as a range up to the last Unicode character. */
function begun(column: Sql, text: string, where: Sql): Lookup {
  const isMet = sql`(${column} >= lower(${text}) and ${column} < lower(${text}) || chr(1114111))`;
  const start = (limit: number) => sql`
    select * from orders where ${isMet} and ${where} order by ${column} limit ${limit}`;
  return { isMet, start, indexed: among(start(candidatesMax)) };
}

const among =
  (candidates: Sql): Source =>
  (walk, limit) => sql`
    select * from (${candidates}) c where ${inRange(walk)} order by id ${direction(walk)} limit ${limit}`;

/** Includes all orders without a payment attempt. */
const pending = ofKey([sql`status`], ["PENDING"]);

/** Sources that together have all rows of a term; `isWhole`: also older orders without a payment attempt. */
export function sourcesOf(term: OrderTerm, isWhole: boolean): Source[] {
  const { isMet, indexed, isOfTried } = lookupOf(term);
  if (!isOfTried) return [indexed];
  const untried: Source = (walk, limit) => sql`
    select * from (${pending(walk, scanMax)}) p where payment is null and ${isMet}
    order by id ${direction(walk)} limit ${limit}`;
  return [indexed, isWhole ? pending : untried];
}

// UUIDv7 ids sort by the time of placing, so a span of time is a range of ids.

/** Inclusive bounds, as UUIDs without hyphens. */
type IdRange = { readonly from: string; readonly to: string };

/** Ids made in [since, until), in milliseconds since 1970; a UUIDv7 has 48 bits for them. */
export function idsBetween(since = 0, until = 2 ** 48): IdRange {
  const timeOf = (ms: number) => Math.max(0, ms).toString(16).padStart(12, "0");
  return { from: timeOf(since).padEnd(32, "0"), to: timeOf(until - 1).padEnd(32, "f") };
}

/** The rest of a range after `cursor`. */
export function idsBehind({ from, to }: IdRange, cursor: string, isNewestFirst: boolean): IdRange {
  const next = neighbour(cursor, isNewestFirst ? -1n : 1n);
  if (isNewestFirst) return { from, to: next < to ? next : to };
  return { from: next > from ? next : from, to };
}

function neighbour(id: string, by: 1n | -1n): string {
  const number = BigInt(`0x${id.replaceAll("-", "")}`) + by;
  return (number < 0n ? 0n : number).toString(16).padStart(32, "0");
}
