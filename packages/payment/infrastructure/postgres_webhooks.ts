import { sql, type Kysely } from "kysely";
import type { Retention } from "@payflow/shared/runtime";
import type { WebhookRepository } from "../application/ports.ts";
import type { PaymentTables, WebhookRow } from "./payment_tables.ts";

export function postgresWebhooks(db: Kysely<PaymentTables>): WebhookRepository {
  return {
    async store({ id, eventType, orderId, paymentKey, body }) {
      await db
        .insertInto("webhooks")
        .values({
          ...{ id, body, tries: 0, handled_at: null },
          ...{
            event_type: eventType,
            order_id: orderId,
            payment_key: paymentKey,
          },
          ...{ received_at: sql<string>`now()`, next_at: sql<string>`now()` },
        })
        .onConflict((conflict) => conflict.column("id").doNothing())
        .execute();
    },
    async claimDue(limit, holdMs) {
      const { rows } = await sql<WebhookRow>`
        update webhooks set next_at = now() + make_interval(secs => ${holdMs / 1000}), tries = tries + 1
        where id in (
          select id from webhooks where handled_at is null and next_at <= now()
          order by next_at limit ${limit} for update skip locked)
        returning *`.execute(db);
      return rows.map((row) => ({
        ...{ id: row.id, eventType: row.event_type, orderId: row.order_id },
        ...{ paymentKey: row.payment_key, body: row.body, tries: row.tries },
      }));
    },
    async markHandled(ids) {
      await db
        .updateTable("webhooks")
        .set({ handled_at: sql<string>`now()` })
        .where("id", "in", ids)
        .execute();
    },
    async findSubject({ orderId, paymentKey }) {
      const { rows } = await sql<{ id: string; payment_keys: string[] }>`
        select id, payment_keys from payments
        where id = ${orderId}::text or payment_keys @> array[${paymentKey}::text]
        order by payment_keys @> array[${paymentKey}::text] desc limit 1`.execute(
        db,
      );
      const row = rows[0];
      return row && { orderId: row.id, paymentKeys: row.payment_keys };
    },
  };
}

/** Toss repeats a webhook for less than four days; a month later nobody asks what it said. */
export const webhookRetention: Retention = {
  table: "webhooks",
  column: "handled_at",
  days: 30,
  key: ["id"],
};
