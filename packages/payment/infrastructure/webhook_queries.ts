import { sql, type Kysely } from "kysely";
import { pageOf, type InternalBody, type Page, type WebhookRow } from "@payflow/back-office";
import { maskedBody } from "./masked_body.ts";

const pageMax = 50;

const webhookRow = sql`id, received_at as "receivedAt", event_type as "eventType", order_id as "orderId",
  payment_key as "paymentKey", tries, is_unknown as "isUnknown", handled_at as "handledAt"`;

/** Each list has an index whose order it is in, so that a page is read by it alone. */
const lists = {
  all: [sql`received_at`, sql`true`],
  // by when they are due, which is when they came unless they were tried before
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
  // an order's by themselves: in their order of time, a plan made on a small table would read all webhooks
  const ofOrder = sql`(select * from webhooks where order_id = ${orderId} offset 0) as of_order`;
  const [, at, id] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) (.{1,200})$/.exec(after ?? "") ?? [];
  const behind = at ? sql`(${time}, id) < (${at}::timestamptz, ${id}::text)` : sql`true`;
  const { rows } = await sql<WebhookRow & { readonly place: string }>`
    select ${webhookRow}, concat(to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), ' ', id) as place
    from ${orderId === undefined ? sql`webhooks` : ofOrder} where ${isListed} and ${behind}
    order by ${time} desc, id desc
    limit ${limit + 1}`.execute(db);
  const page = pageOf(rows, limit, ({ place }) => place);
  return { ...page, rows: page.rows.map(({ place: _, ...shown }) => shown) };
}

/** One of them with its body, in which nothing names a person or proves anything. */
export async function findWebhook(
  db: Kysely<never>,
  id: string,
): Promise<(WebhookRow & { readonly body: string }) | undefined> {
  const { rows } = await sql<WebhookRow & { readonly body: string }>`
    select ${webhookRow}, body from webhooks where id = ${id}`.execute(db);
  return rows[0] && { ...rows[0], body: maskedBody(rows[0].body) };
}
