import { sql, type Kysely } from "kysely";
import { isUuid, type Retention } from "@payflow/outbox";
import type { StrangeWebhooks, WebhookErasure, WebhookRepository } from "../application/ports.ts";
import type { PaymentRow, PaymentTables, WebhookRow } from "./payment_tables.ts";

/** Far more than Toss sends about one payment in an hour, repetitions included. */
const perPaymentMax = 60;
/** Enough for an operator to see what comes in. */
const strangersMax = 200;
/** Of what nobody believes; whole bodies would let whoever has placed an order fill the disk. */
const bodyMax = 2_000;
/** Hints about one payment that come close together are one question. */
const askEverySeconds = 2;

export function postgresWebhooks(
  db: Kysely<PaymentTables>,
): WebhookRepository & WebhookErasure & StrangeWebhooks {
  return {
    async store({ id, eventType, orderId, paymentKey, body }) {
      const { rows } = await sql<{ stored: boolean }>`
        with new as (
          insert into webhooks (id, event_type, order_id, payment_key, body)
          select ${id}, ${eventType}, ${orderId}, ${paymentKey}::text, ${beginning(body)}
          where (select count(*) from webhooks where order_id = ${orderId} and not is_stranger
            and received_at > now() - interval '1 hour') < ${perPaymentMax}::integer
          on conflict (id) do nothing returning id)
        select exists (select 1 from new) or exists (select 1 from webhooks where id = ${id}) as stored`.execute(
        db,
      );
      return rows[0]?.stored ? "stored" : "full";
    },
    async keep({ id, eventType, orderId, paymentKey, body }) {
      const { rows } = await sql`
        insert into webhooks (id, event_type, order_id, payment_key, body, is_stranger, handled_at)
        select ${id}, ${eventType}, ${orderId}::text, ${paymentKey}::text,
          ${beginning(body)}, true, now()
        where (select count(*) from webhooks where is_stranger and received_at > now() - interval '1 hour')
          < ${strangersMax}::integer
        on conflict (id) do nothing returning id`.execute(db);
      return rows.length > 0;
    },
    async claimDue(limit, holdMs) {
      const { rows } = await sql<Pick<WebhookRow, "id" | "order_id" | "payment_key">>`
        update webhooks set next_at = now() + make_interval(secs => ${holdMs / 1000}), tries = tries + 1
        where id in (
          select id from webhooks w where handled_at is null and next_at <= now()
            and not exists (select 1 from webhooks asked where asked.order_id = w.order_id
              and not asked.is_stranger and asked.handled_at > now() - make_interval(secs => ${askEverySeconds}))
          order by next_at limit ${limit} for update skip locked)
        returning id, order_id, payment_key`.execute(db);
      return rows.map(({ id, order_id, payment_key }) => ({
        id,
        orderId: order_id,
        paymentKey: payment_key,
      }));
    },
    async markHandled(ids) {
      await db
        .updateTable("webhooks")
        .set({ handled_at: sql<string>`now()` })
        .where("id", "in", ids)
        .execute();
    },
    async erase(orderId) {
      await db.deleteFrom("webhooks").where("order_id", "=", orderId).execute();
    },
    async findSubject({ orderId, paymentKey }) {
      const ofOrder = orderId !== null && isUuid(orderId) ? orderId : null;
      const { rows } = await sql<Pick<PaymentRow, "id" | "payment_keys" | "attempts">>`
        (select id, payment_keys, attempts from payments
        where payment_keys <> '{}' and payment_keys @> array[${paymentKey}::text] limit 1)
        union all
        (select id, payment_keys, attempts from payments where id = ${ofOrder}::uuid)
        limit 1`.execute(db);
      const row = rows[0];
      return (
        row && {
          orderId: row.id,
          paymentKeys: row.payment_keys,
          secrets: row.attempts.map((attempt) => attempt.secret ?? null),
        }
      );
    },
  };
}

function beginning(body: string): string {
  return body.slice(0, bodyMax).toWellFormed();
}

/** Toss repeats a webhook for less than four days; a month later nobody asks what it said. */
export const webhookRetention: Retention = {
  table: "webhooks",
  column: "handled_at",
  days: 30,
};
