import { sql, type Kysely } from "kysely";
import { auditInsert, isUuid, type Retention } from "@payflow/outbox";
import { plusMs } from "@payflow/shared";
import type { ClaimedMail, MailId, MailQueue } from "../application/deliver_mails.ts";
import type { KeptMail, MailRepository } from "../application/mails.ts";
import { mailLifeMs } from "../domain/order_mails.ts";
import { behindPlace, pageByPlace } from "./order_place.ts";

export const mailRetention: Retention = { table: "mails", column: "created_at", days: 90 };

/** As `mapRows` takes it: the columns that a change of an order writes. */
export const mailJournal = {
  name: "mails",
  fields: { order_id: ["order_id", "uuid"], kind: ["kind", "text"], facts: ["facts", "jsonb"] },
} as const;

/** Given up in the last week, in the text of the index mails_failed. */
export const failedMails = sql`from mails
  where outcome = 'gave_up' and tries > 0 and ended_at > now() - interval '7 days'`;

const id = sql`order_id as "orderId", version, position::int as position`;
const columns = sql`${id}, facts, created_at as "createdAt", tries, next_at as "nextAt", outcome,
  ended_at as "endedAt", error`;
const time = (iso: string | null) => sql`${iso}::text::timestamptz`;
const isThis = ({ orderId, version, position }: MailId) =>
  sql`order_id = ${orderId}::text::uuid and version = ${version}::int and position = ${position}::int`;

/** Mails of orders, which their changes write. */
export function postgresMails(db: Kysely<never>): MailQueue & MailRepository {
  return {
    async claim({ claimId, now, until, limit }) {
      // what was written while nothing sent, and is old news by now
      await sql`
        update mails set next_at = null, claim_id = null, outcome = 'gave_up', ended_at = ${time(now)},
          error = 'too old to be sent'
        where ctid = any(array(select ctid from mails
          where next_at <= ${time(plusMs(now, -mailLifeMs))} limit 1000 for update skip locked))`.execute(
        db,
      );
      const { rows } = await sql<ClaimedMail>`
        with due as (
          select order_id, version, position from mails m
          where next_at <= ${time(now)} and not exists (
            select from mails e where e.order_id = m.order_id and e.next_at is not null
              and (e.version, e.position) < (m.version, m.position))
          order by next_at limit ${limit} for update skip locked
        )
        update mails m set claim_id = ${claimId}::text::uuid, next_at = ${time(until)}
        from due where m.order_id = due.order_id and m.version = due.version and m.position = due.position
        returning m.order_id as "orderId", m.version, m.position::int as position, m.facts, m.tries,
          m.created_at as "createdAt", m.since`.execute(db);
      return rows;
    },
    async end(mail, { claimId, now, nextAt, outcome, error }) {
      await sql`
        update mails set claim_id = null, tries = tries + 1, next_at = ${time(nextAt)},
          outcome = ${outcome}, ended_at = ${time(outcome === null ? null : now)}, error = ${error}
        where ${isThis(mail)} and claim_id = ${claimId}::text::uuid`.execute(db);
    },
    async list({ state, orderId, after, limit }) {
      if (orderId !== undefined && !isUuid(orderId)) return { rows: [], next: null };
      const { rows } = await sql<KeptMail & { place: string }>`
        select ${columns}, created_at::text || ' ' || order_id || ' ' || version || ' ' || position as place
        from mails where ${state === "failed" ? sql`outcome = 'gave_up' and tries > 0` : sql`true`}
          ${orderId === undefined ? sql`` : sql`and order_id = ${orderId}::text::uuid`} ${behindPlace(after, ["version", "position"])}
        order by mails.created_at desc, order_id desc, mails.version desc, mails.position desc
        limit ${limit + 1}`.execute(db);
      return pageByPlace(rows, limit);
    },
    async find(mail) {
      if (!isUuid(mail.orderId)) return undefined;
      const { rows } = await sql<KeptMail>`
        select ${columns} from mails where ${isThis(mail)}`.execute(db);
      return rows[0];
    },
    async resend(mail) {
      if (!isUuid(mail.orderId)) return false;
      const { rows } = await sql`
        with again as (
          update mails set tries = 0, next_at = now(), since = now(), outcome = null, ended_at = null,
            claim_id = null, error = null
          where ${isThis(mail)} and (claim_id is null or next_at <= now()) returning *
        ), noted as (
          ${auditInsert({ action: "mail.resent", subject: sql`order_id::text` }, sql`again`)}
        )
        select 1 from again`.execute(db);
      return rows.length > 0;
    },
    async erase(orderId) {
      await sql`delete from mails where order_id = ${orderId}::text::uuid`.execute(db);
    },
  };
}
