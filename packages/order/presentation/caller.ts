import type { Context, MiddlewareHandler } from "hono";
import { getSignedCookie, setSignedCookie } from "hono/cookie";
import { AppError } from "@payflow/shared";
import { sameSecret } from "@payflow/shared/runtime";

/** Who makes a request: the browser session and its orders, and whether the merchant's key came along. */
export type Caller = {
  /** Undefined for a caller without the session cookie. */
  readonly sessionId: string | undefined;
  readonly isMerchant: boolean;
  /** Orders that this browser was let in to, newest first. */
  readonly orderIds: readonly string[];
  owns(order: {
    readonly orderId: string;
    readonly sessionId?: string | null;
  }): boolean;
  /** Lets this browser see an order from now on. */
  grant(orderId: string): void;
  /** The session id; a browser that has none gets one, by default a new one, as a cookie with this answer. */
  beginSession(newSessionId?: string): string;
};

export type CallerVariables = {
  caller: Caller;
  requestId: string;
  clientAddress: string;
};

const sessionCookie = "payflow_session";
const ordersCookie = "payflow_orders";
/** As long as a shopper may come back to look at an order. */
const cookieAgeSeconds = 90 * 24 * 60 * 60;
/** A cookie holds 4 KB; the newest of the shopper's orders are what matters. */
const grantedMax = 30;

/** Reads who calls, and sends what changed about it back as cookies. */
export function identifyCaller(options: {
  readonly sessionSecret: string;
  readonly merchantApiKey: string;
  readonly isHttps: boolean;
}): MiddlewareHandler<{ Variables: CallerVariables }> {
  const { sessionSecret, merchantApiKey, isHttps } = options;
  const cookie = {
    httpOnly: true,
    sameSite: "Lax",
    secure: isHttps,
    path: "/",
    maxAge: cookieAgeSeconds,
  } as const;

  return async (c, next) => {
    let sessionId =
      (await getSignedCookie(c, sessionSecret, sessionCookie)) || undefined;
    const granted =
      (await getSignedCookie(c, sessionSecret, ordersCookie)) || "";
    let orderIds = granted.split(".").filter((id) => id !== "");
    let began = false;
    let grew = false;
    const caller: Caller = {
      get sessionId() {
        return sessionId;
      },
      get orderIds() {
        return orderIds;
      },
      isMerchant: isMerchant(c, merchantApiKey),
      owns: (order) =>
        orderIds.includes(order.orderId) ||
        (sessionId !== undefined && order.sessionId === sessionId),
      grant(orderId) {
        if (orderIds.includes(orderId)) return;
        orderIds = [orderId, ...orderIds].slice(0, grantedMax);
        grew = true;
      },
      beginSession(newSessionId = crypto.randomUUID()) {
        began ||= sessionId === undefined;
        return (sessionId ??= newSessionId);
      },
    };
    c.set("caller", caller);
    await next();
    if (began)
      await setSignedCookie(
        c,
        sessionCookie,
        caller.sessionId as string,
        sessionSecret,
        cookie,
      );
    if (grew)
      await setSignedCookie(
        c,
        ordersCookie,
        orderIds.join("."),
        sessionSecret,
        cookie,
      );
  };
}

/** Throws AppError `merchant_key_required` unless the caller sent the merchant's key. */
export function requireMerchant(caller: Caller): void {
  if (caller.isMerchant) return;
  throw keyRequired("This needs the merchant's key");
}

/** Throws AppError `merchant_key_required` for a key that is not the merchant's: a slip must not make it a shopper. */
function isMerchant(c: Context, merchantApiKey: string): boolean {
  const header = c.req.header("Authorization") ?? "";
  const bearer = /^Bearer(?:$| +(.*))/i.exec(header);
  if (bearer === null) return false;
  if (sameSecret(bearer[1] ?? "", merchantApiKey)) return true;
  throw keyRequired("This is not the merchant's key");
}

function keyRequired(why: string): AppError {
  return new AppError(
    "unauthorized",
    "merchant_key_required",
    `${why}: send it as Authorization: Bearer …`,
  );
}
