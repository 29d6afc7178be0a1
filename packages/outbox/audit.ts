import { sql, type Kysely, type RawBuilder } from "kysely";
import { acting } from "./acting.ts";

/** What somebody did that is no change of an aggregate. Without names of customers, and secrets. */
export type AuditEntry = {
  /** `noun.verb`. */
  readonly action: string;
  readonly subject: string | RawBuilder<unknown>;
  readonly detail?: unknown;
};

export type AuditRow = {
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly reason: string | null;
  readonly detail: unknown;
};

/** A part of the statement that does what is audited: one row for each row of `from`, whose columns `subject` may name. */
export function auditInsert(entry: AuditEntry, from?: RawBuilder<unknown>): RawBuilder<unknown> {
  const { actor, reason = null } = acting();
  const { action, subject, detail } = entry;
  const json = detail === undefined ? null : JSON.stringify(detail);
  return sql`insert into audit (actor, action, subject, reason, detail)
    select ${actor}::text, ${action}::text, ${subject}::text, ${reason}::text, ${json}::text::jsonb
    ${from ? sql`from ${from}` : sql``}`;
}

/** Writes one audit row by itself. */
export async function audit(db: Kysely<never>, entry: AuditEntry): Promise<void> {
  await auditInsert(entry).execute(db);
}

/** A page of the audit, newest first, behind the row with the id `before`. */
export async function listAudit(
  db: Kysely<never>,
  page: { readonly before?: string | undefined; readonly limit: number },
): Promise<AuditRow[]> {
  const older = page.before === undefined ? sql`` : sql`where id < ${page.before}::bigint`;
  const { rows } = await sql<AuditRow>`
    select id::text, at, actor, action, subject, reason, detail from audit
    ${older} order by audit.id desc limit ${page.limit}`.execute(db);
  return rows;
}
