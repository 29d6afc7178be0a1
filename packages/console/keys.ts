import { NewApiKey, operators, settingsHolder, signedIn } from "@payflow/access";
import type { ApiKey, Credentials } from "@payflow/access";
import type { AdminSessions, ApiKey as ShownKey } from "@payflow/ui";
import type { AuditRow } from "@payflow/outbox";
import { pageOf } from "@payflow/back-office";
import { invalidField, isKoreanDay, plusMs } from "@payflow/shared";
import { parseInput } from "@payflow/shared/http";
import { pageOfBoth } from "./both_parts.ts";
import { forOperators, requireOperator, type SignedIn } from "./operator.ts";

/** Rows of an audit, newest first. */
type ListAudit = (page: {
  readonly before?: string | undefined;
  readonly limit: number;
}) => Promise<readonly AuditRow[]>;

const pageMax = 50;
const dayMs = 24 * 60 * 60_000;

/**
 * Signing in to the console: `functions` serve its pages of keys, sessions and the audit; `identify` is the middleware
 * that sets the signed-in operator. Both need Hono's context storage.
 */
export function createConsoleKeys(deps: {
  readonly isHttps: boolean;
  readonly credentials: Credentials;
  readonly now: () => string;
  readonly audits: { readonly order: ListAudit; readonly payment: ListAudit };
}) {
  const { credentials, now, audits } = deps;
  const { identify, signIn, signOut } = operators(credentials, deps);
  /** Throws AppError `role_too_weak`. */
  const operator = (role: SignedIn["role"]) => requireOperator(signedIn, role);
  const may = forOperators(signedIn);
  const fromSettings: ShownKey = {
    ...settingsHolder,
    createdAt: now(),
    createdBy: "system",
    lastUsedAt: null,
    expiresAt: null,
    revokedAt: null,
    isFromSettings: true,
  };

  const functions: AdminSessions = {
    signIn,
    signOut,
    listSessions: may("read", async (after) => {
      const found = await credentials.listSessions({ after, limit: pageMax + 1 });
      return pageOf(found, pageMax, ({ sessionId }) => sessionId);
    }),
    async endSession(sessionId) {
      await credentials.endSession(sessionId, operator("read"));
    },
    listKeys: may("read", async (after) => {
      const { keys, nextCursor } = await credentials.listKeys({ after, limit: pageMax });
      const first = after === undefined ? [fromSettings] : [];
      return { rows: [...first, ...keys.map(shown)], next: nextCursor };
    }),
    createKey: may("admin", async ({ name, role, expiresOn }) => {
      const expiresAt = expiresOn === undefined ? null : endOf(expiresOn, now());
      const given = parseInput(NewApiKey, { name, role });
      const { key, made } = await credentials.createKey({ ...given, expiresAt });
      return { key, made: shown(made) };
    }),
    async revokeKey(keyId) {
      await credentials.revokeKey({ keyId, by: operator("admin") });
    },
    listAudit: may("read", async (after) => {
      const { rows, next } = await pageOfBoth(after, pageMax, {
        async read(part, place) {
          const found = await audits[part]({ before: place || undefined, limit: pageMax + 1 });
          return pageOf(found, pageMax, ({ id }) => id);
        },
        timeOf: ({ at }) => at,
      });
      return { rows: rows.map(({ id: _, detail: __, ...row }) => row), next };
    }),
  };
  return { functions, identify };
}

const shown = (key: ApiKey): ShownKey => ({ ...key, isFromSettings: false });

/** The end of a day in Korea. Throws AppError `invalid_request` for an invalid or past day. */
function endOf(day: string, now: string): string {
  const end = isKoreanDay(day) ? plusMs(`${day}T00:00:00+09:00`, dayMs) : "";
  if (end > now) return end;
  throw invalidField("expiresOn", end === "" ? "is no day" : "is over");
}
