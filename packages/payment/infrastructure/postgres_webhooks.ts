import { sql, type Kysely } from "kysely";
import { isUuid } from "@payflow/database";
import { createGather, type Retention } from "@payflow/outbox";
import { wellFormed } from "@payflow/shared";
import type { AggregateRow } from "@payflow/shared/http";
import type { DueWebhook, WebhookRepository } from "../application/ports.ts";
import { paymentRows } from "./postgres_payments.ts";

/** Far more than Toss sends about one payment in an hour, resends included. */
const perPaymentMax = 60;
/** Enough for an operator to see which webhooks arrive. */
const unknownMax = 200;
/** Bodies are not trusted, only shown; whole ones would let any client with an order fill the disk. */
const bodyMax = 2_000;
/** Webhooks about one payment that arrive within this time cause one query. */
const queryEverySeconds = 2;

export function postgresWebhooks(db: Kysely<never>): WebhookRepository {
  // marks in batches during the round: at its end, one call that hangs would keep all webhooks due
  const markHandled = createGather<readonly string[], void>({
    async run(lists) {
      const ids = lists.flat();
      await sql`update webhooks set handled_at = now() where id = any(${ids}::text[])`.execute(db);
      return lists.map(() => undefined);
    },
  });
  return {
    async store(webhook, standing) {
      const isUnknown = standing === "unknown";
      const { id, eventType, orderId, paymentKey, cancelKey, showsPaid, body } = webhook;
      const isLike = isUnknown ? sql`is_unknown` : sql`order_id = ${orderId} and not is_unknown`;
      const { rows } = await sql`
        with new as (
          insert into webhooks (id, event_type, order_id, payment_key, cancel_key, shows_paid, body, is_unknown, handled_at)
          select ${id}, ${eventType}, ${orderId}::text, ${paymentKey}::text, ${cancelKey}::text, ${sql.lit(showsPaid)},
            ${wellFormed(body, bodyMax)}, ${sql.lit(isUnknown)}, ${standing === "due" ? sql`null::timestamptz` : sql`now()`}
          where (select count(*) from webhooks where ${isLike} and received_at > now() - interval '1 hour')
            < ${isUnknown ? unknownMax : perPaymentMax}::integer
          on conflict (id) do nothing returning id)
        select id from new union all select id from webhooks where id = ${id}`.execute(db);
      return rows.length > 0 ? "stored" : "full";
    },
    async claimDue(limit, holdMs) {
      const { rows } = await sql<DueWebhook>`
        update webhooks set next_at = now() + make_interval(secs => ${holdMs / 1000}), tries = tries + 1
        where id in (
          select id from webhooks w where handled_at is null and next_at <= now()
            and not exists (select 1 from webhooks latest where latest.order_id = w.order_id
              and not latest.is_unknown and latest.handled_at > now() - make_interval(secs => ${queryEverySeconds}))
          order by next_at limit ${limit} for update skip locked)
        returning id, order_id as "orderId", payment_key as "paymentKey", cancel_key as "cancelKey",
          shows_paid as "showsPaid", tries`.execute(db);
      return rows;
    },
    markHandled,
    async findPayment({ orderId, paymentKey }) {
      const ofOrder = orderId !== null && isUuid(orderId) ? orderId : null;
      // materialized, so planned for all rows: with its limit, a plan made without the key would scan the table
      const { rows } = await sql<AggregateRow>`
        with of_key as materialized (
          select * from payments where payment_keys <> '{}' and payment_keys @> array[${paymentKey}::text])
        (select * from of_key limit 1)
        union all
        (select * from payments where id = ${ofOrder}::uuid)
        limit 1`.execute(db);
      return rows[0] && paymentRows.stateOf(rows[0]);
    },
  };
}

/** Toss resends a webhook for less than four days; a month later it has no use. */
export const webhookRetention: Retention = { table: "webhooks", column: "handled_at", days: 30 };
