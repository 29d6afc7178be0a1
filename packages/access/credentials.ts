// Keys and sessions in PostgreSQL, stored by the hashes of their secrets; valid until they expire or are ended.
import { sql, type Kysely, type RawBuilder } from "kysely";
import { isUuid } from "@payflow/database";
import { acting, actingAs, auditInsert, deriveKey, type Retention } from "@payflow/outbox";
import { AppError, invalidField, plusMs, wellFormed } from "@payflow/shared";
import { clientLine, sign, type Logger } from "@payflow/shared/http";
import { requireRole, settingsHolder } from "./credential.ts";
import type { ApiKey, ConsoleSession, KeyHolder } from "./credential.ts";
import { keyHolders } from "./key_holders.ts";

/** How long a found key is cached: other processes may admit a revoked key for this long. */
const knownForMs = 1_000;
const knownMax = 1_000;
const form = /^pf_[\w-]{43}$/;
const agentMax = 200;

/** `after`: for keys the previous page's `nextCursor`, for sessions the id of its last row. */
type Page = { readonly after?: string | undefined; readonly limit: number };
type Shown = { readonly key: ApiKey; readonly session: ConsoleSession };
type Kind = keyof Shown;

/** 32 random bytes in base64url. */
const newSecret = () => crypto.getRandomValues(Buffer.alloc(32)).toString("base64url");

/** The stored hash of a secret: SHA-256 without salt or stretching, because 256 random bits can't be guessed. */
const secretHash = (secret: string) => new Bun.CryptoHasher("sha256").update(secret).digest("hex");

const endOf = (of: "c" | "k") =>
  sql.raw(`${of}.ended_at, case when ${of}.expires_at <= now() then ${of}.expires_at end`);

export type Credentials = ReturnType<typeof openCredentials>;

export function openCredentials(
  db: Kysely<never>,
  options: {
    readonly merchantApiKey: string;
    readonly sessionSecret: string;
    readonly newId: () => string;
    readonly now: () => string;
    readonly log: Logger;
  },
) {
  const { merchantApiKey, newId, now, log } = options;
  const known = new Map<string, { readonly holder: KeyHolder; readonly untilMs: number }>();
  // with a secret that is not in the database: the merchant key may be short enough to guess
  const settingsKey = sign(merchantApiKey, deriveKey(options.sessionSecret, "console sessions"));

  const from = sql`credentials c left join credentials k on k.id = c.key_id`;
  const endedAt = sql`least(${endOf("c")}, ${endOf("k")},
    case when c.settings_key <> ${settingsKey} then c.last_used_at end)`;
  const shared = sql`c.name, c.role, c.created_at as "createdAt", c.expires_at as "expiresAt"`;
  const columns = {
    key: sql`c.id as "keyId", ${shared}, c.created_by as "createdBy", c.last_used_at as "lastUsedAt",
      c.ended_at as "revokedAt"`,
    session: sql`c.id as "sessionId", coalesce(c.key_id::text, ${settingsHolder.keyId}) as "keyId", ${shared},
      c.last_used_at as "lastSeenAt", ${endedAt} as "endedAt", c.address, c.user_agent as "userAgent"`,
  };

  async function select<K extends Kind>(kind: K, where: RawBuilder<unknown>, tail = sql``) {
    const { rows } = await sql<Shown[K]>`
      select ${columns[kind]} from ${from} where c.kind = ${kind} and ${where} ${tail}`.execute(db);
    return rows;
  }

  /** Finds a key or session by its secret, while it is valid, and for a session its key too. */
  async function find<K extends Kind>(kind: K, secret: string): Promise<Shown[K] | undefined> {
    const hash = sql`decode(${secretHash(secret)}, 'hex')`;
    const [found] = await select(kind, sql`c.hash = ${hash} and ${endedAt} is null`);
    const usedAt = found && ("lastSeenAt" in found ? found.lastSeenAt : found.lastUsedAt);
    // not awaited: if this update fails, the next use writes the time
    if (found !== undefined && (usedAt ?? "") < plusMs(now(), -60_000))
      void sql`
        update credentials set last_used_at = now()
        where hash = ${hash}`
        .execute(db)
        .catch(() => {});
    return found;
  }

  /** Undefined: a key that has not ended has this name. */
  async function begin<K extends Kind>(
    kind: K,
    secret: string,
    entry: { readonly row: Readonly<Record<string, unknown>>; readonly detail: object },
  ): Promise<Shown[K] | undefined> {
    const row = { id: newId(), kind, created_by: acting().actor, ...entry.row };
    const { rows } = await sql<Shown[K]>`
      with c as (
        insert into credentials (hash, ${sql.join(Object.keys(row).map((name) => sql.ref(name)))})
        values (decode(${secretHash(secret)}, 'hex'), ${sql.join(Object.values(row))})
        on conflict (name) where kind = 'key' and ended_at is null do nothing returning *
      ), audited as (
        ${auditInsert({ action: actions[kind].begun, subject: sql`name`, detail: entry.detail }, sql`c`)}
      )
      select ${columns[kind]} from c left join credentials k on k.id = c.key_id`.execute(db);
    return rows[0];
  }

  /** Ends it and returns its new state; one that has ended already stays unchanged. Undefined: not found. */
  async function end<K extends Kind>(kind: K, id: string): Promise<Shown[K] | undefined> {
    if (!isUuid(id)) return undefined;
    await sql`
      with ended as (
        update credentials set ended_at = now()
        where id = ${id} and kind = ${kind} and ended_at is null returning *
      )
      ${auditInsert({ action: actions[kind].ended, subject: sql`name` }, sql`ended`)}`.execute(db);
    known.clear();
    return (await select(kind, sql`c.id = ${id}`))[0];
  }

  /** A found key is cached for `knownForMs`. */
  async function findKey(key: string): Promise<KeyHolder | undefined> {
    if (!form.test(key)) return undefined;
    const hash = secretHash(key);
    const before = known.get(hash);
    if (before !== undefined && before.untilMs > performance.now()) return before.holder;
    known.delete(hash);
    const untilMs = performance.now() + knownForMs;
    const holder = await find("key", key);
    if (holder !== undefined) known.set(hash, { holder, untilMs });
    if (known.size > knownMax) known.delete(known.keys().next().value as string);
    return holder;
  }

  const findHolder = keyHolders({ merchantApiKey, find: findKey, log });

  return {
    findHolder,

    /**
     * Valid keys first, then newest first. A place such as `t.019ab2c4-…` keeps the state in which a key was listed, because
     * the key may end before the next page is read; then it is listed again, with the ended ones (`f.…`).
     */
    async listKeys({ after = "true", limit }: Page) {
      const place = sql`concat(${endedAt} is null, '.', c.id) collate "C"`;
      const { rows } = await sql<ApiKey & { readonly place: string }>`
        select ${columns.key}, ${place} as place from ${from}
        where c.kind = 'key' and ${place} < ${after} order by place desc limit ${limit + 1}`.execute(
        db,
      );
      const keys = rows.slice(0, limit).map(({ place: _, ...key }) => key);
      return { keys, nextCursor: rows.length > limit ? (rows[limit - 1]?.place ?? null) : null };
    },

    /**
     * Creates a random key; only this response shows it. Throws AppError `key_name_taken` when a key that is not revoked
     * has the name, and `invalid_request` for an expiry in the past.
     */
    async createKey({ name, role, expiresAt }: Pick<ApiKey, "name" | "role" | "expiresAt">) {
      if (expiresAt !== null && Date.parse(expiresAt) <= Date.parse(now()))
        throw invalidField("expiresAt", "is in the past");
      await sql`
        update credentials set ended_at = expires_at where kind = 'key' and name = ${name}
          and ended_at is null and expires_at <= now()`.execute(db);
      const key = `pf_${newSecret()}`;
      const row = { name, role, expires_at: expiresAt };
      const detail = { role, expiresAt };
      const isFree = name !== settingsHolder.name;
      const made = isFree ? await begin("key", key, { row, detail }) : undefined;
      if (made !== undefined) return { key, made };
      const text = `There is a key "${name}" that is not revoked: give the new one another name`;
      throw new AppError("conflict", "key_name_taken", text);
    },

    /**
     * Revokes a key: later calls with it are rejected. Throws AppError `key_not_found`, and `key_not_revocable` for the
     * key in the settings and for the caller's own key, so that a mistake does not lock its holder out.
     */
    async revokeKey({ keyId, by }: { readonly keyId: string; readonly by: { keyId: string } }) {
      const refused = (why: string) => new AppError("conflict", "key_not_revocable", why);
      if (keyId === settingsHolder.keyId)
        throw refused("This key is in the service's settings: change MERCHANT_API_KEY");
      if (keyId === by.keyId)
        throw refused("A key can't revoke itself: use another one of role admin");
      const revoked = await end("key", keyId);
      if (revoked !== undefined) return revoked;
      throw new AppError("not_found", "key_not_found", `There is no key with the id "${keyId}"`);
    },

    /** The session of this cookie, while it and its key are valid. Not cached. */
    findSession: (token: string) => find("session", token),

    /** Newest first, without sessions that ended more than thirty days ago. */
    listSessions({ after, limit }: Page) {
      const older = after === undefined || !isUuid(after) ? sql`true` : sql`c.id < ${after}::uuid`;
      const isShown = sql`${older} and coalesce(${endedAt} > now() - interval '30 days', true)`;
      return select("session", isShown, sql`order by c.id desc limit ${limit}`);
    },

    /**
     * Begins a session of twelve hours; `token` is for its cookie and is not stored. Throws AppError `key_not_valid`, and
     * `rate_limited` after too many wrong keys.
     */
    async signIn(given: {
      readonly key: string;
      readonly address: string;
      readonly userAgent: string;
    }): Promise<{ readonly token: string; readonly session: ConsoleSession }> {
      const holder = await findHolder(given.key, given.address);
      if (holder === undefined || holder.role === "metrics") {
        const text = "This key can't sign in: it is unknown, expired, revoked or for metrics only";
        throw new AppError("unauthorized", "key_not_valid", text);
      }
      const { keyId, name, role } = holder;
      const token = newSecret();
      const address = clientLine(given.address);
      const row = {
        name,
        role,
        ...(keyId === settingsHolder.keyId ? { settings_key: settingsKey } : { key_id: keyId }),
        address,
        user_agent: wellFormed(given.userAgent, agentMax),
        last_used_at: sql`now()`,
        expires_at: sql`now() + interval '12 hours'`,
      };
      const session = await actingAs({ actor: `key:${name}` }, () =>
        begin("session", token, { row, detail: { address } }),
      );
      return { token, session: session as ConsoleSession };
    },

    /** Ends the caller's own session, or as an admin any session. Throws AppError `role_too_weak`, `session_not_found`. */
    async endSession(
      sessionId: string,
      by: Pick<ConsoleSession, "sessionId" | "name" | "role">,
    ): Promise<void> {
      if (sessionId !== by.sessionId) requireRole(by, "admin");
      if ((await end("session", sessionId)) !== undefined) return;
      throw new AppError("not_found", "session_not_found", `There is no session "${sessionId}"`);
    },
  };
}

const actions = {
  key: { begun: "key.created", ended: "key.revoked" },
  session: { begun: "session.began", ended: "session.ended" },
};

/** Sessions are kept for a month after they expire; keys are never deleted. */
export const sessionRetention: Retention = {
  table: "credentials",
  column: "expires_at",
  days: 31,
  unless: sql`kind = 'key'`,
};
