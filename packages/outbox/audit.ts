import { AsyncLocalStorage } from "node:async_hooks";
import { sql, type Kysely, type RawBuilder } from "kysely";

/** The actor of the work under way and the reason. Each service defines the names of its actors. */
export type Acting = { readonly actor: string; readonly reason?: string | undefined };

const current = new AsyncLocalStorage<Acting>();

const system: Acting = { actor: "system" };

/** Runs work as an actor: the history and audit rows that it writes carry the actor and the reason. */
export function actingAs<T>(who: Acting, work: () => T): T {
  return current.run(who, work);
}

/** The actor of the work under way; `system` outside `actingAs`. */
export function acting(): Acting {
  return current.getStore() ?? system;
}

/** Runs work with a reason, if given: histories and audits record it besides the actor. */
export function withReason<T>(reason: string | undefined, work: () => T): T {
  return reason === undefined ? work() : actingAs({ ...acting(), reason }, work);
}

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
