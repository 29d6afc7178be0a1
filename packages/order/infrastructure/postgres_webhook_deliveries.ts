import { sql, type Kysely } from "kysely";
import { auditInsert, isUuid, type Retention } from "@payflow/outbox";
import type {
  WebhookDelivery,
  WebhookEndpointRepository,
  WebhookTry,
} from "../application/webhook_endpoints.ts";
import { behindPlace, pageByPlace } from "./order_place.ts";

/** As long as their events, without which nothing could be sent. */
export const webhookRetention: readonly Retention[] = [
  { table: "webhook_deliveries", column: "created_at", days: 30 },
  { table: "webhook_tries", column: "started_at", days: 30 },
];

/** Events of one page of `resendSince`. */
const resendMax = 5_000;

const columns = sql`d.event_id as "eventId", d.event_type as "eventType", d.order_id as "orderId",
  d.created_at as "createdAt", coalesce(d.outcome, 'waiting') as state, d.tries, d.next_at as "nextAt",
  d.ended_at as "endedAt", t.status as "lastStatus", t.error as "lastError"`;
const lastTry = sql`left join lateral (
  select status, error from webhook_tries
  where endpoint_id = d.endpoint_id and event_id = d.event_id order by started_at desc limit 1) t on true`;

/** What became of events at an endpoint, and sending them again. */
export function webhookDeliveries(
  db: Kysely<never>,
): Pick<WebhookEndpointRepository, "listDeliveries" | "findDelivery" | "resend" | "resendSince"> {
  return {
    async listDeliveries(endpointId, { state, after, limit }) {
      const ofState = {
        waiting: sql`and outcome is null`,
        gave_up: sql`and outcome = 'gave_up' and outcome is distinct from 'delivered'`,
        delivered: sql`and outcome = 'delivered'`,
      };
      const { rows } = await sql<WebhookDelivery & { place: string }>`
        select ${columns}, d.created_at::text || ' ' || d.order_id || ' ' || d.version as place
        from (
          select * from webhook_deliveries where endpoint_id = ${endpointId}
            ${state ? ofState[state] : sql``} ${behindPlace(after, ["version"])}
          order by created_at desc, order_id desc, version desc limit ${limit + 1}) d ${lastTry}
        order by d.created_at desc, d.order_id desc, d.version desc`.execute(db);
      return pageByPlace(rows, limit);
    },
    async findDelivery(endpointId, eventId) {
      if (!isUuid(endpointId) || !isUuid(eventId)) return undefined;
      const [found, log] = await Promise.all([
        sql<WebhookDelivery & { payload: string | null }>`
          select ${columns}, e.payload from webhook_deliveries d ${lastTry}
          left join events e on e.aggregate_id = d.order_id and e.version = d.version
          where d.endpoint_id = ${endpointId} and d.event_id = ${eventId}`.execute(db),
        sql<WebhookTry>`
          select started_at as "startedAt", duration_ms as "durationMs", status, error, response
          from webhook_tries where endpoint_id = ${endpointId} and event_id = ${eventId}
          order by started_at desc limit 100`.execute(db),
      ]);
      const [delivery] = found.rows;
      return delivery && { ...delivery, log: log.rows };
    },
    async resend(endpointId, eventId) {
      if (!isUuid(endpointId) || !isUuid(eventId)) return undefined;
      // one that is being sent now stays as it is
      const again = sql`
        update webhook_deliveries set tries = 0, next_at = now(), outcome = null, ended_at = null, claim_id = null
        where endpoint_id = ${endpointId} and event_id = ${eventId}
          and (claim_id is null or next_at <= now()) returning *`;
      await sql`
        with again as (${again})
        ${auditInsert({ action: "webhook.resent", subject: sql`event_id::text`, detail: { endpointId } }, sql`again`)}`.execute(
        db,
      );
      const { rows } = await sql<WebhookDelivery>`
        select ${columns} from webhook_deliveries d ${lastTry}
        where d.endpoint_id = ${endpointId} and d.event_id = ${eventId}`.execute(db);
      return rows[0];
    },
    async resendSince(endpointId, { since, undeliveredOnly }) {
      const detail = { since, undeliveredOnly };
      const { rows } = await sql<{ resent: number; looked: number; until: string | null }>`
        with endpoint as (
          select * from webhook_endpoints where id = ${endpointId}
        ), page as materialized (
          select v.* from events v, endpoint e
          where v.created_at >= ${since}::text::timestamptz
            and (e.event_types is null or v.topic = any(e.event_types))
          order by v.created_at, v.aggregate_id, v.version limit ${resendMax}
        ), last as (
          select max(created_at) as until, count(*) as looked from page
        ), whole as (
          -- a page ends between two times, so that the next one begins after it and misses nothing
          select p.* from page p, last where last.looked < ${resendMax} or p.created_at < last.until
            or (select min(created_at) from page) = last.until
        ), again as (
          insert into webhook_deliveries as d
            (endpoint_id, order_id, version, event_id, event_type, created_at, next_at)
          select ${endpointId}, aggregate_id, version, event_id, topic, created_at, now() from whole
          on conflict (endpoint_id, order_id, version) do update
          set tries = 0, next_at = now(), outcome = null, ended_at = null, claim_id = null
          where (d.claim_id is null or d.next_at <= now())
            and (not ${undeliveredOnly} or d.outcome is distinct from 'delivered')
          returning 1
        ), noted as (
          ${auditInsert({ action: "webhooks.resent", subject: endpointId, detail }, sql`endpoint`)}
        )
        select (select count(*) from again) as resent, looked, until::text from last`.execute(db);
      const { resent = 0, looked = 0, until = null } = rows[0] ?? {};
      return { resent, next: looked < resendMax ? null : until };
    },
  };
}
