import { sql, type Kysely, type RawBuilder } from "kysely";
import type { AttentionItem } from "@payflow/back-office";

/** A row of the view open_ends with its payment, as operators see it. */
export type OpenEnd = {
  readonly orderId: string;
  /** `none`: there is no payment. */
  readonly paymentStatus: string;
  readonly kind: "attempt" | "refund" | "recovery";
  readonly key: string;
  readonly status: string;
  readonly said: string | null;
  /** Queries without an end. */
  readonly checks: number;
  readonly nextAt: string | null;
  readonly needsReview: boolean;
  readonly lacksAccount: boolean;
  readonly amount: number | null;
  readonly since: string | null;
};

/** Open ends that meet a condition on the view `o`. */
export const openEnds = (where: RawBuilder<unknown>): RawBuilder<OpenEnd> => sql<OpenEnd>`
  select o.order_id as "orderId", o.payment_status as "paymentStatus", o.kind, o.key, o.status, o.said, o.checks,
    o.next_at as "nextAt",
    o.needs_review as "needsReview", o.lacks_account as "lacksAccount", p.amount_krw as amount,
    o.since
  from open_ends o left join payments p on p.id = o.order_id
  where ${where}`;

/** As the index `payments_open` has them. */
export const isOpenPayment = sql`(next_at is not null and (closing is not null
  or attempts @? '$[*] ? (@.status == "REQUESTED" || @.status == "UNKNOWN" || @.status == "VOIDING")'
  or refunds @? '$[*] ? (@.status == "REQUESTED" || @.status == "UNKNOWN")'))`;

/** As the index `payments_stuck` has them: no schedule will end them. */
export const isStuckPayment = sql`(next_at is not null and (
  attempts @? '$[*] ? (@.checks >= 71 || @.cancel.needsAccount == true && @.cancel.account == null)'
  or refunds @? '$[*] ? (@.checks >= 71)'))`;

/**
 * The open ends of so many payments that a partial index has, found by it and each by its id: a join of the view as a
 * whole would read every deposit that is waited for.
 */
export const endsOf = (payments: RawBuilder<unknown>, limit: number, where = sql`true`) =>
  sql<OpenEnd>`
  select e.* from (select id from payments where ${payments} order by id limit ${sql.lit(limit)}) as due
  cross join lateral (
    ${openEnds(sql`o.order_id = due.id and o.kind <> 'recovery' and ${where}`)} limit 1000) as e`;

/** All that Toss has yet to end, late or not: what needs manual review first, then by what is queried next. */
export async function listOpenEnds(db: Kysely<never>): Promise<readonly OpenEnd[]> {
  const { rows } = await sql<OpenEnd>`
    ${openEnds(sql`true`)}
    order by o.needs_review desc, o.next_at nulls first, o.order_id, o.key limit 200`.execute(db);
  return rows;
}

/** The item that an open end is. */
export function openEndItem(end: OpenEnd): AttentionItem {
  const { orderId, key, said, nextAt, amount, since } = end;
  const isMoney = end.kind !== "recovery";
  return {
    kind: kindOf(end),
    part: "payment",
    since,
    count: 1,
    orderId,
    ...(amount === null ? {} : { amount }),
    ...(end.kind === "attempt" ? { paymentKey: key } : {}),
    ...(said === null && isMoney ? {} : { said: said ?? key }),
    nextAt,
  };
}

function kindOf({ kind, status, needsReview, lacksAccount }: OpenEnd): AttentionItem["kind"] {
  if (lacksAccount) return "account_needed";
  if (needsReview) return "manual_review";
  if (kind === "refund") return "refund_open";
  return status === "VOIDING" || status === "WAITING_FOR_DEPOSIT" ? "return_open" : "confirm_open";
}
