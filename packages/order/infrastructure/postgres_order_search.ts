import { sql, type Kysely, type RawBuilder } from "kysely";
import { orderStatuses } from "@payflow/shared";
import { pageOf, type ListedOrder, type OrderSearch, type Page } from "@payflow/back-office";
import type { OrderSelection, OrderSums, OrderTerm } from "@payflow/back-office";
import {
  all,
  candidatesMax,
  direction,
  idsBehind,
  idsBetween,
  scanMax,
  lookupOf,
  ofKey,
  sourcesOf,
  type Source,
  type Sql,
  type Walk,
} from "./order_sources.ts";

/** Rows of each source that are read for a sum or for a page of an export. */
const longScanMax = 20_000;
const countMax = 10_000;
const exportPageMax = 2_000;

/** Sources that together have all rows of a selection. Exact: they have no other rows, so no read row is discarded. */
type Cover = { readonly sources: readonly Source[]; readonly isExact: boolean };

/** Limits of one query: it reads `scan` rows of each source, and returns up to `limit` selected ones. */
type Limits = { readonly walk: Walk; readonly limit: number; readonly scan: number };

/** Searches by the fitting index. Each query orders by that index's columns, so that PostgreSQL can use no other. */
export function postgresOrderSearch(db: Kysely<never>): OrderSearch {
  /** All covers of a selection, the narrowest first. */
  async function coversOf(selection: OrderSelection, isWhole: boolean): Promise<Cover[]> {
    const { anyOf, allOf = [], status, method } = selection;
    const others = status !== undefined || method !== undefined || allOf.length > 0;
    if (anyOf?.length === 0) return [];
    const covers: Cover[] = [];
    if (anyOf !== undefined && (await areFew(anyOf))) {
      const sources = anyOf.flatMap((term) => sourcesOf(term, isWhole));
      covers.push({ sources, isExact: !others && !isWhole });
    }
    const isExact = anyOf === undefined && allOf.length === 0;
    if (method !== undefined && (status !== undefined || !isWhole)) {
      const ofStatus = (one: string) => ofKey([methodOf, sql`status`], [method, one], hasMethod);
      covers.push({ sources: (status ? [status] : orderStatuses).map(ofStatus), isExact });
    } else if (status !== undefined)
      covers.push({ sources: [ofKey([sql`status`], [status])], isExact });
    return [...covers, { sources: [all], isExact: isExact && method === undefined }];
  }

  /** True when each prefix matches at most `candidatesMax` rows of its index. */
  async function areFew(terms: readonly OrderTerm[]): Promise<boolean> {
    const counts = terms.flatMap((term) => {
      const { start } = lookupOf(term);
      return start ? [sql`(select count(*) from (${start(candidatesMax + 1)}) c)`] : [];
    });
    if (counts.length === 0) return true;
    type Most = { readonly most: number };
    const { rows } = await sql<Most>`select greatest(${sql.join(counts)}) as most`.execute(db);
    return (rows[0]?.most ?? 0) <= candidatesMax;
  }

  /** The id after which results are incomplete, because a source has more rows than were read; null: none. */
  async function cutOf({ sources }: Cover, walk: Walk, scan: number) {
    const lasts = sources.map(
      (source) => sql`(select id from (${source(walk, scan)}) s offset ${scan - 1})`,
    );
    const { rows } = await sql<{ id: string | null }>`
      select id from unnest(array[${sql.join(lasts)}]::uuid[]) id where id is not null
      order by id ${direction(walk)} limit 1`.execute(db);
    return rows[0]?.id ?? null;
  }

  async function readPage(cover: Cover, selection: OrderSelection, { walk, limit, scan }: Limits) {
    const found = matches<ListedOrder>(cover, selection, { walk, limit: limit + 1, scan });
    const page = pageOf((await found.execute(db)).rows, limit, ({ orderId }) => orderId);
    const cut = cover.isExact ? null : await cutOf(cover, walk, scan);
    if (cut === null || (page.next !== null && !isBehind(page.next, cut, walk))) return page;
    return { rows: page.rows.filter(({ orderId }) => !isBehind(orderId, cut, walk)), next: cut };
  }

  return {
    async searchOrders(selection, { cursor, limit }) {
      const walk = walkOf(selection, true, cursor);
      let best: Page<ListedOrder> | undefined;
      for (const cover of await coversOf(selection, false)) {
        const page = await readPage(cover, selection, { walk, limit, scan: scanMax });
        if (page.next === null || page.rows.length === limit) return page;
        if (!best?.next || isBehind(page.next, best.next, walk)) best = page;
      }
      return best ?? { rows: [], next: null };
    },
    async sumOrders(selection) {
      const walk = walkOf(selection, true);
      const [cover] = await coversOf(selection, false);
      if (cover === undefined) return nothing;
      const limits = { walk, limit: countMax + 1, scan: longScanMax };
      const found = matches(cover, selection, limits, summed);
      const { rows } = await sql<OrderSums>`
        select count(*) filter (where n <= ${countMax}::integer) as count,
          coalesce(sum(amount) filter (where n <= ${countMax}::integer), 0)::bigint as amount,
          coalesce(sum("refundedAmount") filter (where n <= ${countMax}::integer), 0)::bigint as "refundedAmount",
          count(*) > ${countMax}::integer as "isMore"
        from (select *, row_number() over () as n from (${found}) m) m`.execute(db);
      const [sum = nothing] = rows;
      const isMore =
        sum.isMore || (!cover.isExact && (await cutOf(cover, walk, longScanMax)) !== null);
      return { ...sum, isMore };
    },
    async *exportAll(selection) {
      // bounded, because orders placed during the export would make it endless
      const until = await sql<{ now: number }>`
        select (extract(epoch from now()) * 1000)::bigint as now`.execute(db);
      const last = Math.min(selection.until ?? Infinity, Number(until.rows[0]?.now) + 1);
      const bounded = { ...selection, until: last };
      const [cover] = await coversOf(bounded, true);
      const options = { limit: exportPageMax, scan: longScanMax };
      let walk: Walk | undefined = walkOf(bounded, false);
      while (cover && walk) {
        const page: Page<ListedOrder> = await readPage(cover, bounded, { walk, ...options });
        if (page.rows.length > 0) yield page.rows;
        walk = page.next === null ? undefined : walkOf(bounded, false, page.next);
      }
    },
  };
}

const nothing: OrderSums = { count: 0, amount: 0, refundedAmount: 0, isMore: false };
const methodOf = sql`(payment->>'method')`;
const hasMethod = sql`${methodOf} is not null`;
const isBehind = (id: string, other: string, { isNewestFirst }: Walk) =>
  isNewestFirst ? id < other : id > other;

const isMet = (term: OrderTerm) => lookupOf(term).isMet;

function isSelected({ anyOf, allOf = [], status, method }: OrderSelection): Sql {
  const conditions = [sql`true`, ...allOf.map(isMet)];
  if (status !== undefined) conditions.push(sql`status = ${status}`);
  if (method !== undefined) conditions.push(sql`${methodOf} = ${method}`);
  if (anyOf !== undefined)
    conditions.push(sql`(${sql.join([sql`false`, ...anyOf.map(isMet)], sql` or `)})`);
  return sql.join(conditions, sql` and `);
}

const summed = sql`id as "orderId", amount_krw as amount, refunded_amount_krw as "refundedAmount"`;
const listed = sql`id as "orderId", order_number as "orderNumber",
  merchant_reference as "merchantReference", order_name as "orderName", created_at as "createdAt",
  confirmed_at as "confirmedAt", status, amount_krw as amount, refunded_amount_krw as "refundedAmount",
  customer_name as "customerName", customer_email as "customerEmail", ${methodOf} as method`;

/** The selected rows of a cover, in the order of the walk, without duplicates. */
function matches<Row>(
  { sources, isExact }: Cover,
  selection: OrderSelection,
  { walk, limit, scan }: Limits,
  columns = listed,
): RawBuilder<Row> {
  const selected = sources.map(
    (source) => sql`
    (select ${columns} from (${source(walk, isExact ? limit : scan)}) s where ${isSelected(selection)}
    order by id ${direction(walk)} limit ${limit})`,
  );
  const rows = sql.join(selected, sql` union all `);
  return sql<Row>`
    select distinct on ("orderId") * from (${rows}) m order by "orderId" ${direction(walk)} limit ${limit}`;
}

function walkOf(
  { since, until }: OrderSelection,
  isNewestFirst: boolean,
  cursor?: string | undefined,
): Walk {
  const range = idsBetween(since, until);
  const left = cursor === undefined ? range : idsBehind(range, cursor, isNewestFirst);
  return { ...left, isNewestFirst };
}
