import { sql, type Kysely, type RawBuilder } from "kysely";
import type { AttentionItem } from "@payflow/back-office";

/** A row of the view open_ends with its payment, as operators see it. */
export type OpenEnd = {
  readonly orderId: string;
  /** `none`: there is no payment. */
  readonly paymentStatus: string;
  readonly kind: "attempt" | "refund" | "recovery" | "payout";
  readonly call: "confirm" | "refund" | "return" | "account";
  readonly key: string;
  readonly status: string;
  readonly response: string | null;
  /** The number of checks without an outcome. */
  readonly checks: number;
  readonly nextAt: string | null;
  readonly needsReview: boolean;
  readonly lacksAccount: boolean;
  readonly amount: number | null;
  readonly since: string | null;
};

/** Open ends that meet a condition on the view `o`. */
export const openEnds = (where: RawBuilder<unknown>): RawBuilder<OpenEnd> => sql<OpenEnd>`
  select o.order_id as "orderId", o.payment_status as "paymentStatus", o.kind, o.key, o.status, o.said as response, o.checks,
    case when o.kind = 'refund' then 'refund' when o.status = 'VOIDING' then 'return'
      when o.status = 'WAITING_FOR_DEPOSIT' then 'account' else 'confirm' end as call, o.next_at as "nextAt",
    o.needs_review as "needsReview", o.lacks_account as "lacksAccount", p.amount_krw as amount, o.since
  from open_ends o left join payments p on p.id = o.order_id
  where ${where}`;

/** The condition of the index `payments_open`. */
export const isOpenPayment = sql`(next_at is not null and (closing is not null
  or attempts @? '$[*] ? (@.status == "REQUESTED" || @.status == "UNKNOWN" || @.status == "VOIDING")'
  or refunds @? '$[*] ? (@.status == "REQUESTED" || @.status == "UNKNOWN")'))`;

/** The condition of the index `payments_stuck`: payments that no schedule will end. */
export const isStuckPayment = sql`(next_at is not null and (
  attempts @? '$[*] ? (@.checks >= 71 || @.cancel.needsAccount == true && @.cancel.account == null)'
  or refunds @? '$[*] ? (@.checks >= 71)'))`;

/**
 * The open ends of at most `limit` payments, found by a partial index and then each by its id. A join with the whole
 * view would read every payment that waits for a deposit.
 */
export const endsOf = (payments: RawBuilder<unknown>, limit: number, where = sql`true`) =>
  sql<OpenEnd>`
  select e.* from (select id from payments where ${payments} order by id limit ${sql.lit(limit)}) as due
  cross join lateral (
    ${openEnds(sql`o.order_id = due.id and o.kind in ('attempt', 'refund') and ${where}`)} limit 1000) as e`;

/** Open ends, late or not: those that need manual review first, then by their next query. */
export async function listOpenEnds(db: Kysely<never>): Promise<readonly OpenEnd[]> {
  const { rows } = await sql<OpenEnd>`
    ${openEnds(sql`true`)}
    order by o.needs_review desc, o.next_at nulls first, o.order_id, o.key limit 200`.execute(db);
  return rows;
}

/** The attention item of an open end. */
export function openEndItem(end: OpenEnd): AttentionItem {
  const { orderId, key, response, nextAt, amount, since } = end;
  return {
    kind: kindOf(end),
    part: "payment",
    since,
    count: 1,
    orderId,
    ...(amount === null ? {} : { amount }),
    ...(end.kind === "attempt" || end.kind === "payout" ? { paymentKey: key } : {}),
    ...(response === null ? {} : { detail: response }),
    nextAt,
  };
}

function kindOf({ kind, call, status, needsReview, lacksAccount }: OpenEnd): AttentionItem["kind"] {
  if (kind === "payout") return status === "PAID_TWICE" ? "paid_twice" : "payout_failed";
  if (kind === "recovery") return "unrecovered";
  if (lacksAccount) return "account_needed";
  if (needsReview) return "manual_review";
  return call === "account" ? "return_open" : `${call}_open`;
}
