import type { Context, MiddlewareHandler } from "hono";
import { tryGetContext } from "hono/context-storage";
import { deleteCookie, setCookie } from "hono/cookie";
import { parse } from "hono/utils/cookie";
import { actingAs } from "@payflow/outbox";
import type { ConsoleSessionRepository } from "./console_sessions.ts";
import type { ConsoleSession } from "./console_session.ts";

type ConsoleEnv = {
  Variables: {
    operator: Pick<ConsoleSession, "name" | "role" | "sessionId"> | undefined;
    clientAddress: string;
    session: ConsoleSession | undefined;
  };
};
export type ConsoleContext = Context<ConsoleEnv>;

/** Who has signed in, by Hono's context storage, which `orderApp` puts before the console. */
export const signedIn = () => tryGetContext<ConsoleEnv>()?.var.operator;

/** The cookie of a session of the console: a random token, so it needs no signature. */
export function consoleCookie({ isHttps }: { readonly isHttps: boolean }) {
  // no other host, and nobody on an unencrypted connection, can set a cookie with this prefix
  const name = isHttps ? "__Host-payflow_console" : "payflow_console";
  const settings = { httpOnly: true, sameSite: "Strict", secure: isHttps, path: "/" } as const;
  return {
    read(c: ConsoleContext): string | undefined {
      const sent = c.req.header("Cookie");
      return sent === undefined ? undefined : parse(sent, name)[name];
    },
    set: (c: ConsoleContext, token: string) =>
      setCookie(c, name, token, { ...settings, maxAge: 12 * 60 * 60 }),
    clear: (c: ConsoleContext) => void deleteCookie(c, name, settings),
  };
}
export type ConsoleCookie = ReturnType<typeof consoleCookie>;

/**
 * Sets `operator` on each request of the console, by its cookie; the request then runs in the operator's name. The session
 * and its key are looked up each time, so one that was ended lets nobody in any more.
 */
export function identifyOperator(
  cookie: ConsoleCookie,
  sessions: Pick<ConsoleSessionRepository, "find">,
): MiddlewareHandler<ConsoleEnv> {
  return async (c, next) => {
    const token = cookie.read(c);
    const session = token === undefined ? undefined : await sessions.find(token);
    c.set("session", session);
    if (session === undefined) {
      c.set("operator", undefined);
      return await next();
    }
    const { name, role, sessionId } = session;
    c.set("operator", { name, role, sessionId });
    return await actingAs({ actor: `key:${name}` }, next);
  };
}
