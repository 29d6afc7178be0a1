import { sql, type Kysely, type RawBuilder } from "kysely";
import { afterUuid } from "@payflow/database";
import type { AggregateRow } from "@payflow/shared/http";
import type { OrderStatus } from "@payflow/shared";
import type { OrderQueries } from "../application/ports.ts";
import { orderRows } from "./postgres_orders.ts";

export function postgresOrderQueries(db: Kysely<never>): OrderQueries {
  const read = async (query: RawBuilder<AggregateRow>) => {
    const { rows } = await query.execute(db);
    return rows.map((row) => ({ ...orderRows.stateOf(row), changedAt: row.changed_at }));
  };

  return {
    listOwnOrders: ({ sessionId, orderIds }) =>
      read(sql`
        (select * from orders where session_id = ${sessionId}::uuid order by id desc limit 50)
        union all
        (select * from orders where id = any(${orderIds}::text[]::uuid[])
          and session_id is distinct from ${sessionId}::uuid)
        order by id desc limit 50`),
    listUnsettled({ minAgeMs, afterId, limit }) {
      // one sub-query per status, so that each uses the index orders_by_status
      const ofStatus = (status: OrderStatus) => sql`
        (select * from orders where status = ${sql.lit(status)} and id > ${afterUuid(afterId)}::uuid
          and created_at < now() - make_interval(secs => ${minAgeMs / 1000})
        order by id limit ${limit})`;
      return read(sql`
        ${ofStatus("PENDING")} union all ${ofStatus("AWAITING_DEPOSIT")} order by id limit ${limit}`);
    },
    listFollowed: (page) =>
      read(sql`
        select * from orders where payment is not null
          and (changed_at, id) > (${page.since}::timestamptz, ${afterUuid(page.afterId)}::uuid)
        order by changed_at, id limit ${page.limit}`),
    listFollowedBefore: (page) =>
      read(sql`
        select * from orders where payment is not null and changed_at <= ${page.until}::timestamptz
        order by changed_at desc, id desc limit ${page.limit}`),
    listRefundRequested: (page) =>
      read(sql`
        select * from orders where ${isRefundRequested} and id > ${afterUuid(page.afterId)}::uuid
        order by id limit ${page.limit}`),
    // uses the index orders_by_email
    listByEmail: (page) =>
      read(sql`
        select * from orders
        where customer_email <> '' and lower(customer_email) collate "C" = lower(${page.email})
          and id > ${afterUuid(page.afterId)}::uuid
        order by id limit ${page.limit}`),
    // Due: without money after `unpaidDays`, interrupted erasures at once, others after five years and a day, since
    // PostgreSQL ends the years of a 29 February before `keptUntil`. The conditions have the text of the partial indexes.
    listToErase: ({ unpaidDays, limit }) =>
      read(sql`
        (select * from orders
         where customer_email <> '' and confirmed_at is null and status in ('CANCELED', 'EXPIRED')
           and coalesce((payment->>'returnedAmount')::bigint, 0) = 0 and coalesce(payment->>'refunding', '') <> 'true'
           and expires_at < now() - make_interval(days => ${unpaidDays})
         order by expires_at limit ${limit})
        union all
        (select * from orders
         where customer_email <> '' and confirmed_at < now() - interval '5 years 1 day'
         order by confirmed_at limit ${limit})
        union all
        (select * from orders
         where customer_email <> '' and confirmed_at is null and expires_at < now() - interval '5 years 1 day'
         order by expires_at limit ${limit})
        union all
        (select * from orders where customer_email <> '' and customer_name = '' order by id limit ${limit})
        limit ${limit}`),
  };
}

/** Must have the text of the condition of the index orders_refund_requested. */
export const isRefundRequested = sql`refund_request->>'status' in ('requested', 'granting')`;
