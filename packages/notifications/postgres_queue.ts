import { sql, type Kysely } from "kysely";
import { plusMs, type OrderMail } from "@payflow/shared";
import { callsAtOnce, downAfter, mailChannel, webhookChannel } from "./schedule.ts";
import type { TriesSoFar, TryDecision, TryResult } from "./schedule.ts";

/** A delivery claimed by this process, with its target's state at the claim. */
export type ClaimedDelivery = TriesSoFar & {
  readonly targetId: string;
  readonly orderId: string;
  readonly version: number;
  readonly position: number;
  readonly kind: string;
  readonly createdAt: string;
  /** For mails only. */
  readonly facts: OrderMail | null;
  /** This and the following fields: for webhooks only. */
  readonly url: string | null;
  readonly eventId: string | null;
  /** The current secret, then former ones that still sign. */
  readonly secrets: readonly string[];
  /** The event's JSON as in Kafka; null once it is no longer kept. */
  readonly event: string | null;
};

export type EndedTry = {
  readonly delivery: ClaimedDelivery;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly result: TryResult & { readonly durationMs: number };
  readonly decision: TryDecision;
};

export type DeliveryQueue = ReturnType<typeof postgresQueue>;

/** Due deliveries of a target that one claim reads. */
const scanMax = 100;
/** How long a delivery is deferred while an earlier one of its order is due too. */
const deferMs = 1_000;

const time = (at: string | null) => sql`${at}::text::timestamptz`;
/** Concurrent calls, by the number of consecutive failures. */
const atOnce = (channel: typeof mailChannel | typeof webhookChannel) =>
  sql`case when failures >= ${sql.lit(downAfter)} then ${sql.lit(callsAtOnce(downAfter, channel))} else ${sql.lit(callsAtOnce(0, channel))} end`;

/** The queue of due deliveries. All replicas claim from it, and none waits for another's claim. */
export function postgresQueue(db: Kysely<never>) {
  return {
    /**
     * Claims due deliveries until `until`: for each target no more than its concurrent calls, and only the oldest of each
     * order. `putOff` counts due deliveries that wait for an earlier one of their order or were too old to be sent.
     */
    async claim(claim: {
      readonly claimId: string;
      readonly now: string;
      readonly until: string;
      /** Whether this process sends mails. */
      readonly mails: boolean;
    }) {
      const { claimId, now, until, mails } = claim;
      // the row is as this statement saw it: no other statement has claimed or ended it since. Not with "=": the planner
      // could then read all due rows by the index of next_at for each row
      const isUnchanged = (rows: string) => sql`d.target_id = ${sql.ref(`${rows}.target_id`)}
        and d.order_id = ${sql.ref(`${rows}.order_id`)} and d.version = ${sql.ref(`${rows}.version`)}
        and d.position = ${sql.ref(`${rows}.position`)} and d.next_at is not distinct from ${sql.ref(`${rows}.next_at`)}`;
      type Row = { readonly [Name in keyof ClaimedDelivery]: ClaimedDelivery[Name] | null };
      const { rows } = await sql<Row & { readonly isUsed: boolean; readonly putOff: number }>`
        with seen as materialized (
          select id, claim_id from delivery_targets where disabled_at is null and (url is not null or ${mails})
        ), free as materialized (
          -- the newest row versions: this statement does not see the calls of a claim that committed after it began
          select * from delivery_targets t
          where disabled_at is null and (url is not null or ${mails}) and coalesce(paused_until <= ${time(now)}, true)
            and exists (select from deliveries where target_id = t.id and next_at <= ${time(now)})
          for update skip locked
        ), rooms as materialized (
          select f.*, case when url is null then ${atOnce(mailChannel)} else ${atOnce(webhookChannel)} end
            - (select count(*) from deliveries d
               where d.target_id = f.id and d.claim_id is not null and d.next_at > ${time(now)}) as room
          from free f join seen s on s.id = f.id and s.claim_id is not distinct from f.claim_id
        ), due as materialized (
          select d.*, r.room, r.failing_since, r.url is null and d.since <= ${time(plusMs(now, -mailChannel.lifeMs))} as is_old, (
            select f.next_at from deliveries f
            where f.target_id = d.target_id and f.order_id = d.order_id and f.next_at is not null
              and (f.version, f.position) < (d.version, d.position)
            order by f.version desc, f.position desc limit 1) as behind
          from rooms r cross join lateral (
            select * from deliveries where target_id = r.id and next_at <= ${time(now)}
            order by next_at limit ${scanMax}) d
          where r.room > 0
        ), put_off as (
          update deliveries d set next_at = case when not is_old then greatest(behind, ${time(plusMs(now, deferMs))}) end,
            outcome = case when is_old then 'gave_up' end, ended_at = case when is_old then ${time(now)} end,
            last_error = case when is_old then 'too old to be sent' else d.last_error end, claim_id = null,
            -- a mail that became too old while its server failed counts as tried, so that operators see it
            tries = case when is_old and due.failing_since is not null then greatest(d.tries, 1) else d.tries end
          from due where (is_old or behind is not null) and ${isUnchanged("due")} returning 1
        ), chosen as materialized (
          select * from (
            select *, row_number() over (
              partition by target_id order by next_at, order_id, version, position) as place
            from due where behind is null and not is_old) ready
          where place <= room
        ), claimed as (
          update deliveries d set claim_id = ${claimId}, next_at = ${time(until)}
          from chosen where ${isUnchanged("chosen")} returning d.*
        ), marked as (
          update delivery_targets set claim_id = ${claimId} where id in (select target_id from claimed)
        )
        select (select count(*) > 0 from seen) as "isUsed",
          (select count(*) from put_off) as "putOff",
          c.target_id as "targetId", c.order_id as "orderId", c.version, c.position, c.event_id as "eventId",
          c.kind, c.facts, c.created_at as "createdAt", c.since, c.tries, t.url, t.failures,
          t.failing_since as "failingSince", e.payload as event,
          case when t.former_secret_until > ${time(now)} then t.secret || string_to_array(t.former_secret, ' ')
            else array[t.secret] end as secrets
        from (select 1) one
        left join claimed c on true
        left join delivery_targets t on t.id = c.target_id
        left join events e on c.event_id is not null and e.aggregate_id = c.order_id and e.version = c.version
        order by c.created_at, c.version, c.position`.execute(db);
      const [first] = rows;
      const claimed = rows.filter(
        ({ targetId }) => targetId !== null,
      ) as readonly ClaimedDelivery[];
      return { claimed, putOff: Number(first?.putOff ?? 0), isUsed: first?.isUsed === true };
    },
    /** Writes the result of a try by one statement: the delivery only if the claim is still its own, the target always. */
    async end(claimId: string, { delivery, startedAt, endedAt, result, decision }: EndedTry) {
      const { targetId, orderId, version, position, eventId } = delivery;
      const { outcome, nextAt, pauseMs, disable } = decision;
      const isUp = sql.lit(decision.isUp === true);
      const ended = outcome === "retry" ? null : outcome;
      const ofOrder = sql`target_id = ${targetId} and order_id = ${orderId}`;
      const response = result.response === null ? null : result.response.replaceAll("\0", "�");
      await sql`
        with ended as (
          update deliveries set claim_id = null, tries = tries + 1, next_at = ${time(nextAt)},
            outcome = ${ended}, ended_at = ${time(ended === null ? null : endedAt)},
            last_status = ${result.status}, last_error = ${result.error}
          where ${ofOrder} and version = ${version} and position = ${position} and claim_id = ${claimId}
          returning outcome
        ), next_of_order as (
          update deliveries set next_at = ${time(endedAt)}
          where ${ofOrder} and claim_id is null and (version, position) = (
            select version, position from deliveries
            where ${ofOrder} and next_at is not null and (version, position) > (${version}::int, ${position}::int)
            order by version, position limit 1)
            and (select outcome from ended) is not null
        ), noted as (
          insert into webhook_tries (endpoint_id, event_id, started_at, duration_ms, status, error, response)
          select ${targetId}, ${eventId}::uuid, ${time(startedAt)}, ${result.durationMs}, ${result.status}::int,
            ${result.error}, ${response} where ${eventId}::uuid is not null
          on conflict do nothing
        )
        update delivery_targets set
          failures = case when ${isUp} then 0 else failures + 1 end,
          failing_since = case when ${isUp} then null else coalesce(failing_since, ${time(startedAt)}) end,
          last_success_at = case when ${isUp} then ${time(endedAt)} else last_success_at end,
          paused_until = case when ${isUp} then null else greatest(paused_until, ${time(plusMs(endedAt, pauseMs))}) end,
          disabled_at = case when ${disable}::text is null then disabled_at else coalesce(disabled_at, ${time(endedAt)}) end,
          disabled_reason = coalesce(disabled_reason, ${disable}::text)
        where id = ${targetId} and ${sql.lit(decision.isUp !== undefined)} and (not ${isUp} or failures > 0
          or coalesce(last_success_at < ${time(plusMs(endedAt, -60_000))}, true))`.execute(db);
    },
    /** Releases deliveries that were claimed and not sent. */
    async release(claimId: string, now: string) {
      await sql`
        update deliveries set claim_id = null, next_at = ${time(now)}
        where claim_id = ${claimId} and next_at is not null`.execute(db);
    },
  };
}
