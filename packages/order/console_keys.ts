import { listAudit } from "@payflow/outbox";
import type { OrderConfig } from "./config.ts";
import { postgresConsoleSessions } from "./infrastructure/postgres_console_sessions.ts";
import { adminKeys, type ListAudit } from "./presentation/admin/admin_keys.ts";
import { consoleCookie, identifyOperator } from "./presentation/admin/operator_session.ts";
import type { ApiDeps } from "./presentation/api_route.ts";

/**
 * Signing in to the console, wired: `functions` are what its pages call, `identify` is the middleware that says who has
 * signed in. Both need Hono's context storage around them, as `orderApp` puts it around its `console`.
 */
export function createConsoleKeys(
  config: Pick<OrderConfig, "publicUrl" | "merchantApiKey" | "sessionSecret">,
  parts: {
    readonly db: Parameters<typeof postgresConsoleSessions>[0];
    readonly deps: Pick<ApiDeps, "keys" | "findHolder" | "now" | "newId">;
    /** Payment's audit, newest first. */
    readonly listPaymentAudit: ListAudit;
  },
) {
  const { db, listPaymentAudit } = parts;
  const { keys, findHolder, now, newId } = parts.deps;
  const sessions = postgresConsoleSessions(db, { ...config, newId });
  const cookie = consoleCookie({ isHttps: config.publicUrl.startsWith("https://") });
  const audits = {
    order: (page: Parameters<typeof listAudit>[1]) => listAudit(db, page),
    payment: listPaymentAudit,
  };
  return {
    functions: adminKeys({ keys, sessions, findHolder, cookie, audits, now }),
    identify: identifyOperator(cookie, sessions),
  };
}
