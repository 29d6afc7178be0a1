import { sql, type Kysely } from "kysely";
import { auditInsert, isUuid, type Retention } from "@payflow/outbox";
import { deriveKey, sign } from "@payflow/shared/http";
import type { ConsoleSessionRepository } from "./console_sessions.ts";
import { settingsHolder } from "./api_key.ts";
import type { ConsoleSession } from "./console_session.ts";
import { newSecret, secretHash } from "./secret_hash.ts";

const agentMax = 200;

/** Sessions of the console in PostgreSQL, by the hashes of their cookies. */
export function postgresConsoleSessions(
  db: Kysely<never>,
  settings: {
    readonly newId: () => string;
    readonly merchantApiKey: string;
    readonly sessionSecret: string;
  },
): ConsoleSessionRepository {
  const { newId, merchantApiKey, sessionSecret } = settings;
  // by a secret that the database does not have: the key may be a short one
  const settingsKey = sign(merchantApiKey, deriveKey(sessionSecret, "console sessions"));

  const endedAt = sql`least(s.ended_at, case when s.expires_at <= now() then s.expires_at end,
    k.revoked_at, case when k.expires_at <= now() then k.expires_at end,
    case when s.settings_key <> ${settingsKey} then s.last_seen_at end)`;
  const columns = sql`s.id as "sessionId", coalesce(s.key_id::text, ${settingsHolder.keyId}) as "keyId", s.name, s.role, s.created_at as "createdAt",
    s.last_seen_at as "lastSeenAt", s.expires_at as "expiresAt", ${endedAt} as "endedAt",
    s.address, s.user_agent as "userAgent"`;
  const sessions = sql`console_sessions s left join api_keys k on k.id = s.key_id`;

  const noteUse = (sessionId: string) =>
    sql`update console_sessions set last_seen_at = now() where id = ${sessionId}`.execute(db);

  return {
    async begin({ keyId, name, role }, { address, userAgent }) {
      const token = newSecret();
      const sessionId = newId();
      const isOfSettings = keyId === settingsHolder.keyId;
      const agent = userAgent.slice(0, agentMax).toWellFormed();
      await sql`
        with begun as (
          insert into console_sessions (id, hash, key_id, settings_key, name, role, expires_at, address, user_agent)
          values (${sessionId}, decode(${secretHash(token)}, 'hex'), ${isOfSettings ? null : keyId}::uuid,
            ${isOfSettings ? settingsKey : null}::text, ${name}, ${role}, now() + interval '12 hours',
            ${address}, ${agent})
          returning *
        )
        ${auditInsert({ action: "session.began", subject: sql`name`, detail: { address } }, sql`begun`)}`.execute(
        db,
      );
      return { token, sessionId };
    },
    async find(token) {
      type Row = ConsoleSession & { readonly isUseOld: boolean };
      const { rows } = await sql<Row>`
        select ${columns}, s.last_seen_at < now() - interval '1 minute' as "isUseOld"
        from ${sessions} where s.hash = decode(${secretHash(token)}, 'hex') and ${endedAt} is null`.execute(
        db,
      );
      const [row] = rows;
      if (row === undefined) return undefined;
      const { isUseOld, ...session } = row;
      // nobody waits for it, and a use that is not noted is noted by the next one
      if (isUseOld) void noteUse(session.sessionId).catch(() => {});
      return session;
    },
    async list({ after, limit }) {
      const older = after === undefined || !isUuid(after) ? sql`true` : sql`s.id < ${after}::uuid`;
      const { rows } = await sql<ConsoleSession>`
        select ${columns} from ${sessions}
        where ${older} and coalesce(${endedAt} > now() - interval '30 days', true)
        order by s.id desc limit ${limit}`.execute(db);
      return rows;
    },
    async end(sessionId) {
      if (!isUuid(sessionId)) return false;
      const { rows } = await sql`
        with ended as (
          update console_sessions set ended_at = now() where id = ${sessionId} and ended_at is null returning *
        ), audited as (
          ${auditInsert({ action: "session.ended", subject: sql`name` }, sql`ended`)}
        )
        select from console_sessions where id = ${sessionId}`.execute(db);
      return rows.length > 0;
    },
  };
}

/** Sessions are shown for a month after they are over. */
export const sessionRetention: Retention = {
  table: "console_sessions",
  column: "expires_at",
  days: 31,
};
