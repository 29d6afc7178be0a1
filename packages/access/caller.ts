import type { Context, MiddlewareHandler } from "hono";
import * as v from "valibot";
import { actingAs, type Acting } from "@payflow/outbox";
import { actingHeader, AppError, SentActing } from "@payflow/shared";
import { parseInput, type CallerRule } from "@payflow/shared/http";
import { mayAct, requireRole, type KeyHolder, type Role } from "./credential.ts";
import type { FindHolder } from "./key_holders.ts";
import { signedCookie } from "./cookies.ts";

export type Caller = {
  readonly address: string;
  /** From the session cookie; undefined without one. */
  readonly sessionId: string | undefined;
  /** The holder of the request's key; undefined without a key. */
  readonly key: KeyHolder | undefined;
  /** Orders that this browser opened by a link, newest first. */
  readonly orderIds: readonly string[];
  /** Whether this browser's session placed the order, and so has a shopper's rights on it. */
  owns(order: OwnedOrder): boolean;
  /** Whether the caller may see the whole order and pay it: its owner, or a browser that opened its link. */
  sees(order: OwnedOrder): boolean;
  /** Whether the caller has a key of role read or a stronger one. */
  readonly isMerchant: boolean;
  /** `isMerchant` or `sees(order)`. */
  isTrustedWith(order: OwnedOrder): boolean;
  /** Lets this browser see an order; `until` is in seconds since 1970. */
  grant(orderId: string, until: number): void;
  /** Returns the session id. A browser without one gets `newSessionId` in a cookie of this response. */
  beginSession(newSessionId?: string): string;
};

type OwnedOrder = { readonly orderId: string; readonly sessionId?: string | null };

export type ApiEnv = { Variables: { caller: Caller; requestId: string; clientAddress: string } };

const byKey = { apiKey: [] };
const bySession = { session: [] };

/** A rule that decides which callers a route admits; docs/api-by-curl.md lists the rules. */
export type OrderRule = CallerRule<ApiEnv> & {
  /** The weakest role of a key that is admitted; undefined: the rule ignores keys. */
  readonly role: Role | undefined;
  /** Callers without a key are admitted too. */
  readonly isOpen: boolean;
};

function rule(
  name: string,
  { security, role }: Pick<OrderRule, "security"> & { readonly role?: Role },
): OrderRule {
  const isOpen = !security.includes(byKey) || security.length > 1;
  const refusals = security.length === 0 ? [] : ["merchant_key_required", "rate_limited"];
  return {
    name,
    security,
    refusals: role === undefined ? refusals : [...refusals, "role_too_weak"],
    role,
    isOpen,
    admit(c) {
      const caller = c.get("caller");
      if (role !== undefined && !(isOpen && caller.key === undefined)) requireKey(caller, role);
    },
  };
}

const keyOf = (role: Role) => rule(`key: ${role}`, { security: [byKey], role });

/** Everybody, without identification: keys and cookies are ignored. */
export const anybody = rule("anybody", { security: [] });
/** Everybody; the order's owner, browsers with its link and keys of role read see more. */
export const visitor = rule("anybody; owner, link and keys see more", {
  security: [byKey, bySession, {}],
});
/** Everybody; if a key is sent, its role must be operate or stronger. */
export const buyer = rule("anybody; with a key: operate", {
  security: [byKey, bySession, {}],
  role: "operate",
});
/** The order's owner and keys of role operate; the handler calls `requireOwner` once it has loaded the order. */
export const owner = rule("owner; key: operate", {
  security: [byKey, bySession],
  role: "operate",
});
export const figures = keyOf("metrics");
export const reader = keyOf("read");
export const operator = keyOf("operate");
export const admin = keyOf("admin");

/** How long a shopper can come back to an order. */
const cookieAgeSeconds = 90 * 24 * 60 * 60;
/** A cookie holds 4 KB, so it keeps the newest orders only. */
const grantedMax = 30;

/** Identifies the caller by key and cookies. Changes are sent back in cookies, each signed with a key of its own. */
export function identifyCaller(options: {
  readonly sessionSecret: string;
  readonly findHolder: FindHolder;
  readonly isHttps: boolean;
  /** The time by the database's clock. */
  readonly now: () => string;
}): MiddlewareHandler<ApiEnv> {
  const { sessionSecret, findHolder, isHttps, now } = options;
  const settings = { secret: sessionSecret, isHttps, maxAgeSeconds: cookieAgeSeconds };
  const session = signedCookie("payflow_session", settings);
  const orders = signedCookie("payflow_orders", settings);

  return async (c, next) => {
    const given = bearerOf(c);
    const key = given === undefined ? undefined : await findHolder(given, c.get("clientAddress"));
    // a mistyped key must not turn its holder into a shopper
    if (given !== undefined && key === undefined)
      throw keyRequired("This is no key, or it has expired or was revoked");
    const sent = c.req.header("Cookie");
    let sessionId = session.read(sent);
    let grants = readGrants(orders.read(sent), now);
    const caller: Caller = {
      address: c.get("clientAddress"),
      get sessionId() {
        return sessionId;
      },
      get orderIds() {
        return grants.map(({ orderId }) => orderId);
      },
      key,
      owns: (order) => sessionId !== undefined && order.sessionId === sessionId,
      sees: (order) => caller.owns(order) || caller.orderIds.includes(order.orderId),
      isMerchant: key !== undefined && mayAct(key, "read"),
      isTrustedWith: (order) => caller.isMerchant || caller.sees(order),
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
    return await actingAs(actingFor(c, key), next);
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

/** Throws AppError `merchant_key_required` or `role_too_weak` unless the caller owns the order or has an operate key. */
export function requireOwner(caller: Caller, order: OwnedOrder): void {
  if (!caller.owns(order)) requireKey(caller, "operate");
}

/** Like `requireOwner`, but also admits browsers that opened the order's link. */
export function requireViewer(caller: Caller, order: OwnedOrder): void {
  if (!caller.sees(order)) requireKey(caller, "operate");
}

/** Throws AppError `merchant_key_required` for a caller without a key, `role_too_weak` for a key with a weaker role. */
export function requireKey({ key }: Caller, role: Role): KeyHolder {
  if (key === undefined) throw keyRequired("This needs a key");
  requireRole(key, role);
  return key;
}

/** The key holder who called a route that needs a key. */
export const holderOf = (c: Context<ApiEnv>) => requireKey(c.get("caller"), "metrics");

/** The key in a request's `Authorization` header; undefined without the header and for another scheme. */
function bearerOf(c: Context<ApiEnv>): string | undefined {
  const bearer = /^Bearer(?:$| +(.*))/i.exec(c.req.header("Authorization") ?? "");
  return bearer === null ? undefined : (bearer[1] ?? "");
}

function keyRequired(why: string): AppError {
  const text = `${why}: send one as Authorization: Bearer …`;
  return new AppError("unauthorized", "merchant_key_required", text);
}

/**
 * The actor is the key's name. An admin key may name an operating system's user of the command line instead, where several
 * people share one key. Any key may give a reason.
 */
function actingFor(c: Context<ApiEnv>, key: KeyHolder | undefined): Acting {
  if (key === undefined) return { actor: "shopper" };
  const sent = c.req.header(actingHeader);
  if (sent === undefined) return { actor: `key:${key.name}` };
  const { actor, reason } = parseInput(CliActing, sent);
  return { actor: mayAct(key, "admin") ? actor : `key:${key.name}`, reason };
}
const CliActing = v.pipe(
  SentActing,
  v.check(({ actor }) => actor.startsWith("cli:"), "names no user of a command line"),
  // PostgreSQL would reject some of them, and the whole change with them
  v.check(({ actor, reason = "" }) => !/\p{Cc}/u.test(actor + reason), "has control characters"),
);
