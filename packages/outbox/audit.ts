import { sql, type Kysely, type RawBuilder } from "kysely";
import { acting } from "./acting.ts";

/** An action that changes no aggregate. Must contain no customer names and no secrets. */
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

/** An insert for a CTE of the audited statement: one audit row per row of `from`, whose columns `subject` may use. */
export function auditInsert(entry: AuditEntry, from?: RawBuilder<unknown>): RawBuilder<unknown> {
  const { actor, reason = null } = acting();
  const { action, subject, detail } = entry;
  const json = detail === undefined ? null : JSON.stringify(detail);
  return sql`insert into audit (actor, action, subject, reason, detail)
    select ${actor}::text, ${action}::text, ${subject}::text, ${reason}::text, ${json}::text::jsonb
    ${from ? sql`from ${from}` : sql``}`;
}

/** Writes one audit row in a statement of its own. */
export async function audit(db: Kysely<never>, entry: AuditEntry): Promise<void> {
  await auditInsert(entry).execute(db);
}

/** One page of audit rows, newest first: those older than the id `before`. */
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
