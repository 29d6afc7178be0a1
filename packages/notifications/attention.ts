import { sql, type Kysely } from "kysely";
import type { AttentionItem } from "@payflow/back-office";
import { countMax, countOf } from "@payflow/back-office/messages";
import type { DatabaseFigure } from "@payflow/shared/http";

/** Mails given up in the last week; the condition matches the index mails_failed. */
const failedMails = sql`from mails
  where outcome = 'gave_up' and tries > 0 and ended_at > now() - interval '7 days'`;
const disabledAutomatically = sql`disabled_reason in ('gone', 'failing')`;

/** Items that need an operator's decision, for `figuresOf`. */
export const notificationCounts = {
  mail: countOf(sql`select ${failedMails}`),
  webhook_endpoint: countOf(sql`select from webhook_endpoints where ${disabledAutomatically}`),
};

export const notificationFigures: readonly DatabaseFigure[] = [
  {
    name: "payflow_webhook_deliveries_waiting",
    help: `Events not yet delivered to webhook endpoints, ${countMax} at most`,
    query: countOf(sql`select from webhook_endpoints e
      join webhook_deliveries d on d.target_id = e.id and next_at is not null`),
  },
  {
    name: "payflow_webhook_failing_seconds",
    help: "How long the endpoint that has failed longest has had no success",
    query: sql`select coalesce(extract(epoch from now() - min(failing_since)), 0) as value
      from webhook_endpoints where disabled_at is null`,
  },
];

/** Items that need an operator: mails that were given up and endpoints that fail. */
export async function readNotificationAttention(db: Kysely<never>): Promise<AttentionItem[]> {
  const [mails, endpoints] = await Promise.all([
    sql<{ count: number; since: string; detail: string }>`
      select count(*) as count, min(ended_at) as since,
        (array_agg(last_error order by ended_at desc))[1] as detail
      from (select ended_at, last_error ${failedMails} order by ended_at desc limit 1000) m
      having count(*) > 0`.execute(db),
    sql<Pick<AttentionItem, "kind" | "since" | "url">>`
      select case when disabled_at is null then 'endpoint_failing' else 'endpoint_off' end as kind,
        coalesce(disabled_at, failing_since) as since, url
      from webhook_endpoints where ${disabledAutomatically}
        or (disabled_at is null and failing_since < now() - interval '1 hour')`.execute(db),
  ]);
  return [
    ...mails.rows.map((row): AttentionItem => ({ kind: "mails_failed", part: "order", ...row })),
    ...endpoints.rows.map((row): AttentionItem => ({ part: "order", count: 1, ...row })),
  ];
}
