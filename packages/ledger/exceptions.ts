import { sql, type Kysely, type RawBuilder } from "kysely";
import { auditInsert, withReason } from "@payflow/outbox";
import type {
  AttentionItem,
  InternalBody,
  ListedException,
  Reconciliation,
} from "@payflow/back-office";

/** More than an operator resolves one by one. */
const shownMax = 200;

/** Exceptions that are not resolved. */
export const openExceptions = sql`reconciliation_exceptions where resolved_at is null`;

/** Requests that a replica compares a day again; false for a day that has not begun in Korea. */
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

/** Queries for operators. `paymentStatus`: SQL for the payment status of the order `order_id`. */
export function exceptionQueries(paymentStatus: RawBuilder<unknown>) {
  const exception = sql`day::text, kind, order_id as "orderId", ${paymentStatus} as "paymentStatus",
    payment_key as "paymentKey", transaction_key as "transactionKey", listed_krw as listed, booked_krw as booked,
    found_at as "foundAt", resolved_at as "resolvedAt", reason`;
  return {
    /** The comparison of a day (YYYY-MM-DD) with the provider's list; undefined if it was never compared. */
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
    /** Differences between the provider's list and the ledger that nobody has explained. */
    async listDifferences(db: Kysely<never>): Promise<readonly ListedException[]> {
      const { rows } = await sql<ListedException>`
        select ${exception} from ${openExceptions}
        order by reconciliation_exceptions.day, order_id, payment_key limit ${shownMax}`.execute(
        db,
      );
      return rows;
    },
    /**
     * Resolves open exceptions (one, or all of a payment, a day or a kind) with a reason, and returns them. One stays
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
      const audited = withReason(reason.trim(), () =>
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

/** Open exceptions as attention items, one for each day, because an operator reviews whole days. */
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
