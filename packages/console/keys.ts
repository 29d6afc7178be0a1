import { getContext } from "hono/context-storage";
import {
  consoleCookie,
  createApiKey,
  endSession,
  holderSigningIn,
  identifyOperator,
  NewApiKey,
  postgresConsoleSessions,
  revokeApiKey,
  settingsHolder,
  signedIn,
  type ApiKey,
  type ApiKeyRepository,
  type ConsoleContext,
  type ConsoleSession,
  type FindHolder,
} from "@payflow/access";
import type { AdminSessions, ApiKey as ShownKey } from "@payflow/ui";
import { actingAs, listAudit, type AuditRow } from "@payflow/outbox";
import { pageOf } from "@payflow/outbox/operate";
import { invalidField, isKoreanDay, plusMs } from "@payflow/shared";
import { clientLine, parseInput } from "@payflow/shared/http";
import { pageOfBoth } from "./both_parts.ts";
import { requireOperator } from "./operator.ts";

type AuditPage = { readonly before?: string | undefined; readonly limit: number };

const pageMax = 50;
const dayMs = 24 * 60 * 60_000;
const context = () => getContext() as unknown as ConsoleContext;

/**
 * Signing in to the console: `functions` are what its pages of keys, sessions and the audit call, `identify` is the
 * middleware that says who has signed in. Both need Hono's context storage around them.
 */
export function createConsoleKeys(
  config: {
    readonly publicUrl: string;
    readonly merchantApiKey: string;
    readonly sessionSecret: string;
  },
  deps: {
    readonly db: Parameters<typeof postgresConsoleSessions>[0];
    readonly keys: ApiKeyRepository;
    readonly findHolder: FindHolder;
    readonly now: () => string;
    readonly newId: () => string;
    /** Payment's audit, newest first. */
    readonly listPaymentAudit: (page: AuditPage) => Promise<readonly AuditRow[]>;
  },
) {
  const { db, keys, findHolder, now, newId } = deps;
  const sessions = postgresConsoleSessions(db, { ...config, newId });
  const cookie = consoleCookie({ isHttps: config.publicUrl.startsWith("https://") });
  const audits = {
    order: (page: AuditPage) => listAudit(db, page),
    payment: deps.listPaymentAudit,
  };
  const startedAt = now();
  const fromSettings: ShownKey = {
    ...settingsHolder,
    createdAt: startedAt,
    createdBy: "system",
    lastUsedAt: null,
    expiresAt: null,
    revokedAt: null,
    isFromSettings: true,
  };

  /** The session of the request under way. Throws AppError `role_too_weak`. */
  function operator(role: "read" | "operate" | "admin"): ConsoleSession {
    requireOperator(signedIn, role);
    const { session } = context().var;
    if (session === undefined) throw new Error("an operator whom no session identified");
    return session;
  }

  const functions: AdminSessions = {
    async signIn(key) {
      const c = context();
      const address = c.get("clientAddress");
      const holder = await holderSigningIn({ key, address }, findHolder);
      const { name, role } = holder;
      const place = { address: clientLine(address), userAgent: c.req.header("User-Agent") ?? "" };
      const begun = await actingAs({ actor: `key:${name}` }, () => sessions.begin(holder, place));
      cookie.set(c, begun.token);
      return { name, role, sessionId: begun.sessionId };
    },
    async signOut() {
      const c = context();
      const { session } = c.var;
      cookie.clear(c);
      if (session !== undefined) await sessions.end(session.sessionId);
    },
    async listSessions(after) {
      operator("read");
      const found = await sessions.list({ after, limit: pageMax + 1 });
      return pageOf(found, pageMax, ({ sessionId }) => sessionId);
    },
    async endSession(sessionId) {
      const by = operator("read");
      await endSession({ sessionId, by }, { sessions });
    },
    async listKeys(after) {
      operator("read");
      const found = await keys.list({ after, limit: pageMax + 1 });
      const { rows, next } = pageOf(found, pageMax, ({ keyId }) => keyId);
      return { rows: [...(after === undefined ? [fromSettings] : []), ...rows.map(shown)], next };
    },
    async createKey({ name, role, expiresOn }) {
      operator("admin");
      const expiresAt = expiresOn === undefined ? null : endOf(expiresOn, now());
      const given = parseInput(NewApiKey, { name, role });
      const { key, made } = await createApiKey({ ...given, expiresAt }, deps);
      return { key, made: shown(made) };
    },
    async revokeKey(keyId) {
      await revokeApiKey({ keyId, by: operator("admin") }, deps);
    },
    async listAudit(after) {
      operator("read");
      const { rows, next } = await pageOfBoth(after, pageMax, {
        async read(part, place) {
          const found = await audits[part]({ before: place || undefined, limit: pageMax + 1 });
          return pageOf(found, pageMax, ({ id }) => id);
        },
        timeOf: ({ at }) => at,
      });
      return { rows: rows.map(({ id: _, detail: __, ...row }) => row), next };
    },
  };
  return { functions, identify: identifyOperator(cookie, sessions) };
}

const shown = (key: ApiKey): ShownKey => ({ ...key, isFromSettings: false });

/** When a day ends in Korea. Throws AppError `invalid_request` for what is no day, and for one that is over. */
function endOf(day: string, now: string): string {
  const end = isKoreanDay(day) ? plusMs(`${day}T00:00:00+09:00`, dayMs) : "";
  if (end > now) return end;
  throw invalidField("expiresOn", end === "" ? "is no day" : "is over");
}
