import { sql, type Kysely, type RawBuilder } from "kysely";
import { isUuid } from "@payflow/database";
import { auditInsert, type Retention } from "@payflow/outbox";
import { pageOf, type Page } from "@payflow/back-office";
import { isIsoTime, type OrderMail } from "@payflow/shared";
import type * as v from "valibot";
import type { WebhookDelivery, WebhookDeliveryDetail } from "./endpoint_schemas.ts";

/** The target id of mails. */
export const mailServer = "00000000-0000-0000-0000-000000000000";

/** Webhook deliveries are kept as long as their events, which they need for the body. */
export const notificationRetention: readonly Retention[] = [
  { table: "mails", column: "created_at", days: 90 },
  { table: "webhook_deliveries", column: "created_at", days: 30 },
  { table: "webhook_tries", column: "started_at", days: 30 },
];

/** The `AggregateTable.journal` of an aggregate that causes mails: a change's mails are written by its own statement. */
export const mailJournal = {
  name: "mails",
  fields: { order_id: ["order_id", "uuid"], kind: ["kind", "text"], facts: ["facts", "jsonb"] },
} as const;

/** One delivery to one target. `id` is the event's id; a mail's id is order, version and position. */
export type Delivery = Omit<v.InferOutput<typeof WebhookDelivery>, "eventId" | "eventType"> & {
  readonly id: string;
  readonly kind: string;
};

export type DeliveryPage = {
  readonly state?: Delivery["state"] | undefined;
  readonly orderId?: string | undefined;
  /** The `next` of the previous page. */
  readonly after?: string | undefined;
  readonly limit: number;
};

export type Deliveries = ReturnType<typeof postgresDeliveries>;

/** Events per page of `resendSince`; more when the last ones have the same time. */
const resendMax = 5_000;

const columns = sql`coalesce(d.event_id::text, concat_ws('.', d.order_id, d.version, d.position)) as id,
  d.kind, d.order_id as "orderId", d.created_at as "createdAt", coalesce(d.outcome, 'waiting') as state,
  d.tries, d.next_at as "nextAt", d.ended_at as "endedAt", d.last_status as "lastStatus",
  d.last_error as "lastError"`;
const place = sql`concat_ws(' ', d.created_at, d.order_id, d.version, d.position)`;
const again = sql`tries = 0, next_at = now(), since = now(), outcome = null, ended_at = null, claim_id = null,
  last_status = null, last_error = null`;
const ofState = {
  waiting: sql`and outcome is null`,
  // matches the conditions of the partial indexes
  gave_up: sql`and outcome = 'gave_up' and outcome is distinct from 'delivered' and tries > 0`,
  delivered: sql`and outcome = 'delivered'`,
};

/** Reads deliveries and their results, and resends them. */
export function postgresDeliveries(db: Kysely<never>) {
  return {
    /** Newest first; `next` is the `after` of the next page, null on the last one. */
    async list(targetId: string, page: DeliveryPage): Promise<Page<Delivery>> {
      const { state, orderId, after, limit } = page;
      if (orderId !== undefined && !isUuid(orderId)) return { rows: [], next: null };
      const { rows } = await sql<Delivery & { place: string }>`
        select ${columns}, ${place} as place from deliveries d where target_id = ${targetId}
          ${state ? ofState[state] : sql``} ${orderId ? sql`and order_id = ${orderId}` : sql``} ${behind(after)}
        order by d.created_at desc, order_id desc, version desc, position desc limit ${limit + 1}`.execute(
        db,
      );
      const found = pageOf(rows, limit, (row) => Buffer.from(row.place).toString("base64url"));
      return { ...found, rows: found.rows.map(({ place: _, ...row }) => row) };
    },
    /** A delivery with its tries, newest first, and its content: a mail's facts, or the event while it is kept. */
    async find(targetId: string, id: string) {
      const found = await sql<Delivery & { facts: OrderMail | null; event: string | null }>`
        select ${columns}, d.facts, e.payload as event from deliveries d
        left join events e on e.aggregate_id = d.order_id and e.version = d.version
        where ${isThis(targetId, id)}`.execute(db);
      const [row] = found.rows;
      if (row === undefined) return undefined;
      const { facts, event, ...delivery } = row;
      const { rows: log } = await sql<v.InferOutput<typeof WebhookDeliveryDetail>["log"][number]>`
        select started_at as "startedAt", duration_ms as "durationMs", status, error, response
        from webhook_tries where endpoint_id = ${targetId} and event_id = ${isUuid(id) ? id : null}::uuid
        order by started_at desc limit 100`.execute(db);
      return { delivery, facts, event, log };
    },
    /** Resends a delivery from the first try on, unless it is being sent now; audited. Returns false if not found. */
    async resend(targetId: string, id: string): Promise<boolean> {
      const condition = isThis(targetId, id);
      const entry =
        targetId === mailServer
          ? { action: "mail.resent", subject: sql`order_id::text` }
          : { action: "webhook.resent", subject: id, detail: { endpointId: targetId } };
      const { rows } = await sql`
        with again as (
          update deliveries d set ${again} where ${condition} and (claim_id is null or next_at <= now()) returning *
        ), noted as (${auditInsert(entry, sql`again`)})
        select from deliveries d where ${condition}`.execute(db);
      return rows.length > 0;
    },
    /**
     * Resends one page of the events since `since` that the endpoint takes, oldest first, whether or not they were sent
     * before. `next` is the `since` of the next page, always a later time; null on the last one.
     */
    async resendSince(
      endpointId: string,
      period: { readonly since: string; readonly undeliveredOnly: boolean },
    ): Promise<{ readonly resent: number; readonly next: string | null }> {
      const { rows } = await sql<{ resent: number; next: string | null }>`
        with endpoint as (
          select * from webhook_endpoints where id = ${endpointId}
        ), page as materialized (
          -- with ties: a page ends between two different times, so that the next page misses no event of the same time
          select v.* from events v, endpoint e
          where v.created_at >= ${period.since}::text::timestamptz
            and (e.event_types is null or v.topic = any(e.event_types))
          order by v.created_at fetch first ${sql.lit(resendMax)} rows with ties
        ), again as (
          insert into webhook_deliveries as d (target_id, order_id, version, event_id, kind, created_at)
          select ${endpointId}, aggregate_id, version, event_id, topic, created_at from page
          order by aggregate_id, version
          on conflict (target_id, order_id, version, position) do update set ${again}
          where (d.claim_id is null or d.next_at <= now())
            and (not ${period.undeliveredOnly} or d.outcome is distinct from 'delivered')
          returning 1
        ), noted as (
          ${auditInsert({ action: "webhooks.resent", subject: endpointId, detail: period }, sql`endpoint`)}
        )
        select (select count(*) from again) as resent,
          case when count(*) >= ${resendMax} then (max(created_at) + interval '1 microsecond')::text end as next
        from page`.execute(db);
      return rows[0] ?? { resent: 0, next: null };
    },
    /** Deletes the mails of an order whose customer is erased. */
    async eraseMails(orderId: string): Promise<void> {
      await sql`
        delete from mails where target_id = ${mailServer} and order_id = ${orderId}`.execute(db);
    },
  };
}

/** The condition for the delivery with this id; false for a malformed id. */
function isThis(targetId: string, id: string): RawBuilder<unknown> {
  const [, orderId = "", version, position] = /^([\w-]{36})\.(\d{1,7})\.(\d{1,3})$/.exec(id) ?? [];
  if (!isUuid(targetId) || !isUuid(version === undefined ? id : orderId)) return sql`false`;
  return version === undefined
    ? sql`d.target_id = ${targetId} and d.event_id = ${id}`
    : sql`d.target_id = ${targetId} and d.order_id = ${orderId} and d.version = ${Number(version)} and d.position = ${Number(position)}`;
}

/** The condition for rows after a place, newest first. An invalid place starts from the beginning. */
function behind(after = ""): RawBuilder<unknown> {
  const [, at = "", orderId = "", version, position] =
    /^(\S+ \S+) ([0-9a-f-]{36}) (\d{1,9}) (\d{1,9})$/.exec(
      Buffer.from(after, "base64url").toString(),
    ) ?? [];
  if (!isUuid(orderId) || !isIsoTime(at)) return sql``;
  return sql`and (d.created_at, order_id, version, position) < (${at}::text::timestamptz, ${orderId}::uuid, ${Number(version)}::int, ${Number(position)}::int)`;
}
