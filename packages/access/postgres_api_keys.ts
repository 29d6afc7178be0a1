import { sql, type Kysely } from "kysely";
import { acting, auditInsert, isUuid } from "@payflow/outbox";
import type { ApiKeyRepository } from "./api_keys.ts";
import type { ApiKey, KeyHolder } from "./api_key.ts";
import { newSecret, secretHash } from "./secret_hash.ts";

/** For so long another process may let a revoked key in. */
const knownForMs = 1_000;
const knownMax = 1_000;
const form = /^pf_[\w-]{43}$/;

const columns = sql`id as "keyId", name, role, created_at as "createdAt", created_by as "createdBy",
  last_used_at as "lastUsedAt", expires_at as "expiresAt", revoked_at as "revokedAt"`;
const isInForce = sql`revoked_at is null and (expires_at is null or expires_at > now())`;

/** Keys in PostgreSQL, by their hashes. What was found is remembered for a second. */
export function postgresApiKeys(
  db: Kysely<never>,
  { newId, nowMs = () => performance.now() }: { newId: () => string; nowMs?: () => number },
): ApiKeyRepository {
  const known = new Map<string, { readonly holder: KeyHolder; readonly untilMs: number }>();

  async function read(hash: string): Promise<KeyHolder | undefined> {
    type Row = KeyHolder & { readonly isUseOld: boolean };
    const { rows } = await sql<Row>`
      select id as "keyId", name, role,
        coalesce(last_used_at < now() - interval '1 minute', true) as "isUseOld"
      from api_keys where hash = decode(${hash}, 'hex') and ${isInForce}`.execute(db);
    const [row] = rows;
    if (row === undefined) return undefined;
    const { isUseOld, ...holder } = row;
    // nobody waits for it, and a use that is not noted is noted by the next one
    if (isUseOld) void noteUse(holder.keyId).catch(() => {});
    return holder;
  }

  const noteUse = (keyId: string) =>
    sql`
      update api_keys set last_used_at = now()
      where id = ${keyId} and coalesce(last_used_at < now() - interval '1 minute', true)`.execute(
      db,
    );

  return {
    async find(key) {
      if (!form.test(key)) return undefined;
      const hash = secretHash(key);
      const found = known.get(hash);
      if (found !== undefined && found.untilMs > nowMs()) return found.holder;
      known.delete(hash);
      const untilMs = nowMs() + knownForMs;
      const holder = await read(hash);
      if (holder === undefined) return undefined;
      known.set(hash, { holder, untilMs });
      if (known.size > knownMax) known.delete(known.keys().next().value as string);
      return holder;
    },
    async list({ after, limit }) {
      const behind =
        after === undefined
          ? sql`true`
          : sql`(${isInForce}, id) < (select ${isInForce}, id from api_keys where id::text = ${after})`;
      const { rows } = await sql<ApiKey>`
        select ${columns} from api_keys where ${behind}
        order by ${isInForce} desc, id desc limit ${limit}`.execute(db);
      return rows;
    },
    async create({ name, role, expiresAt }) {
      const key = `pf_${newSecret()}`;
      await sql`
        update api_keys set revoked_at = expires_at
        where name = ${name} and revoked_at is null and expires_at <= now()`.execute(db);
      const detail = { role, expiresAt };
      const { rows } = await sql<ApiKey>`
        with made as (
          insert into api_keys (id, name, role, hash, created_by, expires_at)
          values (${newId()}, ${name}, ${role}, decode(${secretHash(key)}, 'hex'), ${acting().actor},
            ${expiresAt}::timestamptz)
          on conflict (name) where revoked_at is null do nothing returning *
        ), audited as (
          ${auditInsert({ action: "key.created", subject: sql`name`, detail }, sql`made`)}
        )
        select ${columns} from made`.execute(db);
      const [made] = rows;
      return made ? { key, made } : "taken";
    },
    async revoke(keyId) {
      if (!isUuid(keyId)) return undefined;
      const revoked = sql`
        update api_keys set revoked_at = now() where id = ${keyId} and revoked_at is null returning *`;
      await sql`
        with revoked as (${revoked})
        ${auditInsert({ action: "key.revoked", subject: sql`name` }, sql`revoked`)}`.execute(db);
      known.clear();
      const { rows } = await sql<ApiKey>`
        select ${columns} from api_keys where id = ${keyId}`.execute(db);
      return rows[0];
    },
  };
}
