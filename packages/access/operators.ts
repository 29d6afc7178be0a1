import type { MiddlewareHandler } from "hono";
import { getContext, tryGetContext } from "hono/context-storage";
import { actingAs } from "@payflow/outbox";
import { hostCookie } from "./cookies.ts";
import type { ConsoleSession } from "./credential.ts";
import type { Credentials } from "./credentials.ts";

type OperatorEnv = { Variables: { operator: ConsoleSession | undefined; clientAddress: string } };

/** The signed-in operator of the request in Hono's context storage. */
export const signedIn = () => tryGetContext<OperatorEnv>()?.var.operator;

/** Console sessions by their cookies. All functions need Hono's context storage. */
export function operators(
  credentials: Pick<Credentials, "findSession" | "signIn" | "endSession">,
  { isHttps }: { readonly isHttps: boolean },
) {
  // a random token, so it needs no signature
  const maxAgeSeconds = 12 * 60 * 60;
  const cookie = hostCookie("payflow_console", { isHttps, sameSite: "Strict", maxAgeSeconds });

  /**
   * Sets `operator` on each request of the console and runs the request as this actor. The session and its key are looked
   * up each time, so an ended session is rejected at once.
   */
  const identify: MiddlewareHandler<OperatorEnv> = async (c, next) => {
    const token = cookie.read(c.req.header("Cookie"));
    const session = token === undefined ? undefined : await credentials.findSession(token);
    c.set("operator", session);
    if (session === undefined) return await next();
    return await actingAs({ actor: `key:${session.name}` }, next);
  };

  return {
    identify,
    /** Begins a session and sets its cookie on the current response. Throws like `signIn` of the credentials. */
    async signIn(key: string): Promise<ConsoleSession> {
      const c = getContext<OperatorEnv>();
      const userAgent = c.req.header("User-Agent") ?? "";
      const place = { address: c.var.clientAddress, userAgent };
      const { token, session } = await credentials.signIn({ key, ...place });
      cookie.set(c, token);
      return session;
    },
    async signOut(): Promise<void> {
      const c = getContext<OperatorEnv>();
      const { operator } = c.var;
      cookie.clear(c);
      if (operator !== undefined) await credentials.endSession(operator.sessionId, operator);
    },
  };
}
