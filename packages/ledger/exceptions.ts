import { sql, type Kysely, type RawBuilder } from "kysely";
import { acting, actingAs, auditInsert } from "@payflow/outbox";
import type {
  AttentionItem,
  InternalBody,
  ListedException,
  Reconciliation,
} from "@payflow/back-office";

/** More than anybody resolves one by one. */
const shownMax = 200;

/** Exceptions that nobody has resolved. */
export const openExceptions = sql`reconciliation_exceptions where resolved_at is null`;

/** Has a day compared again, by whichever replica runs; false for one that has not begun in Korea. */
export async function requestReconciliation(db: Kysely<never>, day: string): Promise<boolean> {
  const audited = auditInsert({ action: "reconciliation.requested", subject: sql`day` }, sql`due`);
  const { rows } = await sql`
    with due as (
      insert into reconciliations (day)
      select ${day}::date where ${day}::date <= (now() at time zone 'Asia/Seoul')::date
      on conflict (day) do update set requested_at = now(), finished_at = null, claimed_until = null
      returning day
    ), audited as (${audited})
    select day from due`.execute(db);
  return rows.length > 0;
}

/** What operators read and resolve. `paymentStatus`: SQL for the status of the payment of the order `order_id`. */
export function exceptionQueries(paymentStatus: RawBuilder<unknown>) {
  const exception = sql`day::text, kind, order_id as "orderId", ${paymentStatus} as "paymentStatus",
    payment_key as "paymentKey", transaction_key as "transactionKey", listed_krw as listed, booked_krw as booked,
    found_at as "foundAt", resolved_at as "resolvedAt", reason`;
  return {
    /** How the provider's list of a day, as YYYY-MM-DD, and the ledger compare; undefined: it was never compared. */
    async findReconciliation(db: Kysely<never>, day: string): Promise<Reconciliation | undefined> {
      const { rows } = await sql<Omit<Reconciliation, "exceptions">>`
        select day::text, requested_at as "requestedAt", finished_at as "finishedAt", matched
        from reconciliations where day = ${day}::date`.execute(db);
      const { rows: exceptions } = await sql<ListedException>`
        select ${exception} from reconciliation_exceptions where day = ${day}::date
        order by resolved_at is not null, order_id, payment_key, transaction_key limit ${shownMax}`.execute(
        db,
      );
      return rows[0] && { ...rows[0], exceptions };
    },
    /** Where the provider's list and the ledger differ, and nobody has said why. */
    async listDifferences(db: Kysely<never>): Promise<readonly ListedException[]> {
      const { rows } = await sql<ListedException>`
        select ${exception} from ${openExceptions}
        order by reconciliation_exceptions.day, order_id, payment_key limit ${shownMax}`.execute(
        db,
      );
      return rows;
    },
    /**
     * Notes why open exceptions are none (one, or all of a payment, of a day or of a kind), and returns them. One stays
     * resolved while later comparisons find the same. Throws an Error without a reason or a selection.
     */
    async resolveExceptions(
      db: Kysely<never>,
      selection: Omit<InternalBody<"resolve-exceptions">, "reason">,
      reason: string,
    ): Promise<readonly ListedException[]> {
      const wanted = [
        [sql`day`, selection.day, sql`date`],
        [sql`payment_key`, selection.paymentKey, sql`text`],
        [sql`transaction_key`, selection.transactionKey, sql`text`],
        [sql`kind`, selection.kind, sql`text`],
      ] as const;
      const given = wanted.filter(([, value]) => value !== undefined);
      if (reason.trim() === "" || given.length === 0)
        throw new Error("An exception is resolved with a reason, and not all of them at once");
      const subject = sql`concat_ws(' ', day, "paymentKey")`;
      const audited = actingAs({ ...acting(), reason: reason.trim() }, () =>
        auditInsert({ action: "reconciliation.resolved", subject }, sql`resolved`),
      );
      const { rows } = await sql<ListedException>`
        with resolved as (
          update reconciliation_exceptions set resolved_at = now(), reason = ${reason.trim()}
          where resolved_at is null
            and ${sql.join(
              given.map(([column, value, type]) => sql`${column} = ${value}::text::${type}`),
              sql` and `,
            )}
          returning ${exception}
        ), audited as (${audited})
        select * from resolved`.execute(db);
      return rows;
    },
  };
}

/** Open exceptions as what needs attention, by day: whoever looks at one looks at the day. */
export async function listDifferingDays(
  db: Kysely<never>,
  { countMax, limit }: { readonly countMax: number; readonly limit: number },
): Promise<AttentionItem[]> {
  const { rows } = await sql<{ day: string; count: number; since: string }>`
    select day::text, count(*) as count, min(found_at) as since
    from (select day, found_at from ${openExceptions} order by day limit ${countMax}) as e
    group by e.day order by e.day limit ${limit}`.execute(db);
  return rows.map((row) => ({ kind: "reconciliation", part: "payment", ...row }));
}
