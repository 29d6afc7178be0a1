import { sql, type Kysely } from "kysely";
import { pageOf, type InternalBody, type Page, type WebhookRow } from "@payflow/back-office";
import { isIsoTime } from "@payflow/shared";
import { maskedBody } from "./masked_body.ts";

const pageMax = 50;

const webhookRow = sql`id, received_at as "receivedAt", event_type as "eventType", order_id as "orderId",
  payment_key as "paymentKey", tries, is_unknown as "isUnknown", handled_at as "handledAt"`;

/** Each list has the order of an index, so that a page is read from that index alone. */
const lists = {
  all: [sql`received_at`, sql`true`],
  // by their due time, which is the time of arrival before the first try
  waiting: [sql`next_at`, sql`handled_at is null`],
  unknown: [sql`received_at`, sql`is_unknown`],
} as const;

/** The PSP's webhooks, newest first; `after` is the `next` of the page before. */
export async function listWebhooks(
  db: Kysely<never>,
  { state, orderId, after }: InternalBody<"webhooks">,
  limit = pageMax,
): Promise<Page<WebhookRow>> {
  const [time, isListed] = lists[(orderId === undefined && state) || "all"];
  // an order's webhooks come from a subquery: a plan made on a small table would otherwise read all webhooks by time
  const ofOrder = sql`(select * from webhooks where order_id = ${orderId} offset 0) as of_order`;
  const [, at = "", id] = /^(\S+) (.{1,200})$/.exec(after ?? "") ?? [];
  const behind = isIsoTime(at) ? sql`(${time}, id) < (${at}::timestamptz, ${id}::text)` : sql`true`;
  const { rows } = await sql<WebhookRow & { readonly place: string }>`
    select ${webhookRow}, concat(to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), ' ', id) as place
    from ${orderId === undefined ? sql`webhooks` : ofOrder} where ${isListed} and ${behind}
    order by ${time} desc, id desc
    limit ${limit + 1}`.execute(db);
  const page = pageOf(rows, limit, ({ place }) => place);
  return { ...page, rows: page.rows.map(({ place: _, ...shown }) => shown) };
}

/** One webhook with its masked body, which contains no personal data and no secret. */
export async function findWebhook(db: Kysely<never>, id: string) {
  const { rows } = await sql<WebhookRow & { readonly body: string }>`
    select ${webhookRow}, body from webhooks where id = ${id}`.execute(db);
  return rows[0] && { ...rows[0], body: maskedBody(rows[0].body) };
}
