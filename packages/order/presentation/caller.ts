import type { Context, MiddlewareHandler } from "hono";
import { actingAs } from "@payflow/outbox";
import { AppError, type Actor } from "@payflow/shared";
import type { CallerRule, KeyGuard } from "@payflow/shared/http";
import { signedCookie } from "./signed_cookie.ts";

export type Caller = {
  readonly address: string;
  /** Of the browser; undefined without the session cookie. */
  readonly sessionId: string | undefined;
  /** The merchant's key came along. */
  readonly isMerchant: boolean;
  /** In whose name all that the call causes is recorded. */
  readonly actor: Actor;
  /** Orders that a link let this browser in to, newest first. */
  readonly orderIds: readonly string[];
  /** This browser's session placed the order: it may do with it what a shopper may. */
  owns(order: OwnedOrder): boolean;
  /** May look at the order whole, and pay it: its owner, and whoever a link let in. */
  sees(order: OwnedOrder): boolean;
  /** The merchant, and whoever sees the order. */
  isPrivyTo(order: OwnedOrder): boolean;
  /** Lets this browser see an order until then, in seconds since 1970. */
  grant(orderId: string, until: number): void;
  /** The session id; a browser that has none gets one, by default a new one, as a cookie with this answer. */
  beginSession(newSessionId?: string): string;
};

type OwnedOrder = { readonly orderId: string; readonly sessionId?: string | null };

export type ApiEnv = { Variables: { caller: Caller; requestId: string; clientAddress: string } };

const byKey = { merchantKey: [] };
const bySession = { session: [] };

type Rule = CallerRule<ApiEnv>;
function rule(name: string, security: Rule["security"], admit: Rule["admit"] = () => {}): Rule {
  const refusals = security.length === 0 ? [] : ["merchant_key_required", "rate_limited"];
  return { name, security, refusals, admit };
}

/** Everybody, unidentified: keys and cookies are not looked at. */
export const anybody = rule("anybody", []);
/** Everybody; the order's owner and the merchant see more. */
export const visitor = rule("anybody; owner and merchant see more", [byKey, bySession, {}]);
/** The order's owner and the merchant; the handler decides by `requireOwner`, once it has the order. */
export const owner = rule("owner, merchant", [byKey, bySession]);
export const merchant = rule("merchant", [byKey], (c) => requireMerchant(c.get("caller")));

/** As long as a shopper may come back to look at an order. */
const cookieAgeSeconds = 90 * 24 * 60 * 60;
/** A cookie holds 4 KB; the newest of the shopper's orders are what matters. */
const grantedMax = 30;

/** Reads who calls, and sends what changed about it back as cookies, each signed by a key of its own. */
export function identifyCaller(options: {
  readonly sessionSecret: string;
  readonly merchantKey: KeyGuard;
  readonly isHttps: boolean;
  /** The time on the database's clock. */
  readonly now: () => string;
}): MiddlewareHandler<ApiEnv> {
  const { sessionSecret, merchantKey, isHttps, now } = options;
  const settings = { secret: sessionSecret, isHttps, maxAgeSeconds: cookieAgeSeconds };
  const session = signedCookie("payflow_session", settings);
  const orders = signedCookie("payflow_orders", settings);

  return (c, next) => {
    const sent = c.req.header("Cookie");
    let sessionId = session.read(sent);
    let grants = readGrants(orders.read(sent), now);
    const isKey = isMerchant(c, merchantKey);
    const caller: Caller = {
      address: c.get("clientAddress"),
      get sessionId() {
        return sessionId;
      },
      get orderIds() {
        return grants.map(({ orderId }) => orderId);
      },
      isMerchant: isKey,
      actor: isKey ? "key:merchant" : "shopper",
      owns: (order) => sessionId !== undefined && order.sessionId === sessionId,
      sees: (order) => caller.owns(order) || caller.orderIds.includes(order.orderId),
      isPrivyTo: (order) => caller.isMerchant || caller.sees(order),
      grant(orderId, until) {
        if (grants.some((grant) => grant.orderId === orderId)) return;
        grants = [{ orderId, until }, ...grants].slice(0, grantedMax);
        orders.set(c, grants.map(writeGrant).join("."));
      },
      beginSession(newSessionId = crypto.randomUUID()) {
        if (sessionId === undefined) session.set(c, newSessionId);
        return (sessionId ??= newSessionId);
      },
    };
    c.set("caller", caller);
    return actingAs({ actor: caller.actor }, next);
  };
}

type Grant = { readonly orderId: string; readonly until: number };

const writeGrant = ({ orderId, until }: Grant) => `${orderId}~${until.toString(36)}`;

function readGrants(cookie: string | undefined, now: () => string): Grant[] {
  if (cookie === undefined) return [];
  const nowSeconds = Date.parse(now()) / 1_000;
  return cookie
    .split(".")
    .map((entry) => entry.split("~"))
    .map(([orderId = "", until = ""]) => ({ orderId, until: Number.parseInt(until, 36) }))
    .filter(({ until }) => until > nowSeconds);
}

/** Throws AppError `merchant_key_required` unless the caller is the order's owner or the merchant. */
export function requireOwner(caller: Caller, order: OwnedOrder): void {
  if (!caller.owns(order)) requireMerchant(caller);
}

/** Throws AppError `merchant_key_required` unless the caller sent the merchant's key. */
export function requireMerchant(caller: Caller): void {
  if (!caller.isMerchant) throw keyRequired("This needs the merchant's key");
}

/** Throws AppError `merchant_key_required`, or `rate_limited`, for a key that is not the merchant's: a slip must not make it a shopper. */
function isMerchant(c: Context<ApiEnv>, key: KeyGuard): boolean {
  const bearer = /^Bearer(?:$| +(.*))/i.exec(c.req.header("Authorization") ?? "");
  if (bearer === null) return false;
  if (key.isRight(bearer[1] ?? "", c.get("clientAddress"))) return true;
  throw keyRequired("This is not the merchant's key");
}

function keyRequired(why: string): AppError {
  const text = `${why}: send it as Authorization: Bearer …`;
  return new AppError("unauthorized", "merchant_key_required", text);
}
