import { sql, type Kysely } from "kysely";
import { openExceptions } from "@payflow/ledger";
import { countMax, countOf, figuresOf } from "@payflow/back-office/messages";
import type { DatabaseFigure, Metrics } from "@payflow/shared/http";
import type { PaymentEvent } from "@payflow/shared";
import { endsOf, isOpenPayment, isStuckPayment } from "./open_ends.ts";

/** The number of orders with such an open end, among the payments that no schedule will end. */
const stuckOrders = (condition: ReturnType<typeof sql>) =>
  sql`select count(distinct "orderId") as value from (${endsOf(isStuckPayment, countMax)}) as s where ${condition}`;

const needingReview = stuckOrders(sql`"needsReview"`);

/** Orders for which the PSP lists money and that have no payment here. The close of an unpaid account is a cancel too. */
export const unclaimedMoney = sql`(
    select order_id, payment_key, sum(amount_krw) as amount_krw, min(found_at) as found_at
    from unclaimed_money where dismissed_at is null group by order_id, payment_key having sum(amount_krw) > 0) u
  where not exists (select from payments p where p.id = u.order_id) group by order_id`;

/** By its kind, because a condition on the status alone reads every payment that is open. */
const payouts = sql`select from open_ends where kind = 'payout'`;

/** Figures from the database for operators: messages, open calls to Toss, and items that wait for a decision. */
export const paymentFigures: readonly DatabaseFigure[] = [
  ...figuresOf({
    payment: needingReview,
    refund_account: stuckOrders(sql`"lacksAccount" and not "needsReview"`),
    payout_failed: countOf(sql`${payouts} and status <> 'PAID_TWICE'`),
    paid_twice: countOf(sql`${payouts} and status = 'PAID_TWICE'`),
    unrecovered: countOf(sql`select from open_ends where kind = 'recovery'`),
    money_without_order: countOf(sql`select from ${unclaimedMoney}`),
    reconciliation_exception: countOf(sql`select from ${openExceptions}`),
  }),
  {
    name: "payflow_open_outcomes",
    help: `Calls to Toss whose outcome is open, by kind, of at most ${countMax} payments`,
    query: sql`select k.kind, count(o."orderId") as value
      from (values ('confirm'), ('refund'), ('return'), ('account')) as k(kind)
      left join (${endsOf(isOpenPayment, countMax)}) as o on o.call = k.kind
      group by 1`,
    label: "kind",
  },
  {
    name: "payflow_webhooks_waiting",
    help: `Toss's webhooks that are not handled yet, at most ${countMax}`,
    query: countOf(sql`select from webhooks where handled_at is null`),
  },
];

/** The number of payments that need manual review; `bun run reconcile` lists them. */
export async function countNeedingReview(db: Kysely<never>): Promise<number> {
  const { rows } = await sql<{ value: number }>`${needingReview}`.execute(db);
  return rows[0]?.value ?? 0;
}

/** Counts the outcomes of payments, by the events that announce them. */
export function countPayments({ counter }: Metrics) {
  const help = "Outcomes of payments, by the event that announced them and Toss's method";
  const count = counter("payflow_payments_total", help, ["outcome", "method"]);
  return (_: unknown, events: readonly unknown[]) => {
    for (const { eventType, method } of events as readonly PaymentEvent[])
      count({ outcome: outcomeOf(eventType), method: method ?? "none" });
  };
}

/** `PaymentAwaitingDeposit` is `awaiting_deposit`. */
function outcomeOf(eventType: PaymentEvent["eventType"]): string {
  return eventType
    .replace("Payment", "")
    .replace(/(?!^)[A-Z]/g, "_$&")
    .toLowerCase();
}

export function observeToss({ histogram }: Metrics) {
  const help = "Calls to Toss from when they are sent; refused: 4xx, failed: 5xx";
  const failures = ["confirm", "cancel", "query", "list"].flatMap((operation) =>
    ["failed", "no_response"].map((outcome) => ({ operation, outcome })),
  );
  const name = "payflow_toss_request_duration_seconds";
  return histogram(name, help, ["operation", "outcome"], failures);
}
