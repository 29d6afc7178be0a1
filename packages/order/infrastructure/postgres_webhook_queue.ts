import { sql, type Kysely } from "kysely";
import { plusMs } from "@payflow/shared";
import {
  retryAt,
  type ClaimedDelivery,
  type WebhookQueue,
} from "../application/deliver_webhooks.ts";
import { callsAtOnce, downAfter } from "../domain/webhook_delivery.ts";

/** Due deliveries of an endpoint that one claim looks at. */
const lookMax = 100;
/** How soon a delivery is looked at again whose order's earlier event is due as well. */
const deferMs = 1_000;

const time = (at: string | null) => sql`${at}::text::timestamptz`;

/** What is due at each endpoint. All replicas claim here, and none waits for another's claim. */
export function postgresWebhookQueue(db: Kysely<never>): WebhookQueue {
  return {
    async hasEndpoints() {
      const { rows } = await sql<{ some: boolean }>`
        select exists (select from webhook_endpoints where disabled_at is null) as some`.execute(
        db,
      );
      return rows[0]?.some === true;
    },
    async claim({ claimId, now, until }) {
      type Row = { readonly [Name in keyof ClaimedDelivery]: ClaimedDelivery[Name] | null };
      const { rows } = await sql<Row & { readonly deferred: number }>`
        with callable as materialized (
          select id, failures from webhook_endpoints
          where disabled_at is null and coalesce(paused_until <= ${time(now)}, true)
          for update skip locked
        ), rooms as materialized (
          select id, case when failures >= ${sql.lit(downAfter)} then ${sql.lit(callsAtOnce(downAfter))} else ${sql.lit(callsAtOnce(0))} end
            - (select count(*) from webhook_deliveries d
               where d.endpoint_id = c.id and d.claim_id is not null and d.next_at > ${time(now)}) as room
          from callable c
        ), due as materialized (
          select d.*, r.room, (
            select f.next_at from webhook_deliveries f
            where f.endpoint_id = d.endpoint_id and f.order_id = d.order_id and f.version < d.version
              and f.next_at is not null
            order by f.version desc limit 1) as behind
          from rooms r cross join lateral (
            select * from webhook_deliveries
            where endpoint_id = r.id and next_at <= ${time(now)}
            order by next_at limit ${lookMax}) d
          where r.room > 0
        ), deferred as (
          update webhook_deliveries d set next_at = greatest(due.behind, ${time(plusMs(now, deferMs))})
          from due where due.behind is not null and d.endpoint_id = due.endpoint_id
            and d.order_id = due.order_id and d.version = due.version and d.next_at <= ${time(now)}
          returning 1
        ), chosen as materialized (
          select * from (
            select endpoint_id, order_id, version, room,
              row_number() over (partition by endpoint_id order by next_at, order_id, version) as place
            from due where behind is null) free
          where place <= room
        ), claimed as (
          update webhook_deliveries d set claim_id = ${claimId}, next_at = ${time(until)}
          from chosen c where d.endpoint_id = c.endpoint_id and d.order_id = c.order_id
            and d.version = c.version and d.next_at <= ${time(now)}
          returning d.*
        )
        select deferred.n as deferred, c.endpoint_id as "endpointId", c.order_id as "orderId", c.version,
          c.event_id as "eventId", c.event_type as "eventType", c.tries, w.url, w.failures,
          w.failing_since as "failingSince", e.payload as event,
          case when w.former_secret_until > ${time(now)} then array[w.secret, w.former_secret]
            else array[w.secret] end as secrets
        from (select count(*) as n from deferred) deferred
        left join claimed c on true
        left join webhook_endpoints w on w.id = c.endpoint_id
        left join events e on e.aggregate_id = c.order_id and e.version = c.version
        order by c.created_at`.execute(db);
      const claimed = rows.flatMap(({ deferred: _, ...row }) =>
        row.endpointId === null ? [] : [row as ClaimedDelivery],
      );
      return { claimed, deferred: Number(rows[0]?.deferred ?? 0) };
    },
    async end({ claim: { claimId, delivery }, startedAt, endedAt, result, decision }) {
      const { endpointId, orderId, version, eventId } = delivery;
      const { outcome, pauseMs, disable } = decision;
      const isOk = sql.lit(outcome === "delivered");
      const ended = outcome === "retry" ? null : outcome;
      const response = result.response === null ? null : result.response.replaceAll("\0", "�");
      await sql`
        with ended as (
          update webhook_deliveries set claim_id = null, tries = tries + 1,
            next_at = ${time(retryAt(endedAt, decision))}, outcome = ${ended},
            ended_at = ${time(ended === null ? null : endedAt)}
          where endpoint_id = ${endpointId} and order_id = ${orderId} and version = ${version}
            and claim_id = ${claimId}
          returning outcome
        ), next_of_order as (
          update webhook_deliveries set next_at = ${time(endedAt)}
          where endpoint_id = ${endpointId} and order_id = ${orderId} and claim_id is null and version = (
            select min(version) from webhook_deliveries
            where endpoint_id = ${endpointId} and order_id = ${orderId} and version > ${version}
              and next_at is not null)
            and (select outcome from ended) is not null
        ), noted as (
          insert into webhook_tries
            (endpoint_id, event_id, started_at, duration_ms, status, error, response)
          values (${endpointId}, ${eventId}, ${time(startedAt)}, ${result.durationMs}, ${result.status},
            ${result.error}, ${response})
          on conflict do nothing
        )
        update webhook_endpoints set
          failures = case when ${isOk} then 0 else failures + 1 end,
          failing_since = case when ${isOk} then null else coalesce(failing_since, ${time(startedAt)}) end,
          last_success_at = case when ${isOk} then ${time(endedAt)} else last_success_at end,
          paused_until = case when ${isOk} then null else greatest(paused_until, ${time(plusMs(endedAt, pauseMs))}) end,
          disabled_at = case when ${disable}::text is null then disabled_at else coalesce(disabled_at, ${time(endedAt)}) end,
          disabled_reason = coalesce(disabled_reason, ${disable}::text)
        where id = ${endpointId} and (not ${isOk} or failures > 0
          or coalesce(last_success_at < ${time(plusMs(endedAt, -60_000))}, true))`.execute(db);
    },
    async release(claimId, now) {
      await sql`
        update webhook_deliveries set claim_id = null, next_at = ${time(now)}
        where claim_id = ${claimId} and next_at is not null`.execute(db);
    },
  };
}
