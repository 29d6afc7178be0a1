import type { Context, MiddlewareHandler } from "hono";
import * as v from "valibot";
import { acting, actingAs, type Acting } from "@payflow/outbox";
import { actingHeader, AppError, SentActing } from "@payflow/shared";
import { parseInput, type CallerRule } from "@payflow/shared/http";
import { mayAct, requireRole, type KeyHolder, type Role } from "./credential.ts";
import type { FindHolder } from "./key_holders.ts";
import { signedCookie } from "./cookies.ts";

export type Caller = {
  readonly address: string;
  /** Of the browser; undefined without the session cookie. */
  readonly sessionId: string | undefined;
  /** Whose key came along; undefined without one. */
  readonly key: KeyHolder | undefined;
  /** Orders that a link let this browser in to, newest first. */
  readonly orderIds: readonly string[];
  /** This browser's session placed the order: it may do with it what a shopper may. */
  owns(order: OwnedOrder): boolean;
  /** May look at the order whole, and pay it: its owner, and whoever a link let in. */
  sees(order: OwnedOrder): boolean;
  /** Has a key of role read, or a stronger one. */
  readonly isMerchant: boolean;
  /** The merchant, or whoever sees the order. */
  isPrivyTo(order: OwnedOrder): boolean;
  /** Lets this browser see an order until then, in seconds since 1970. */
  grant(orderId: string, until: number): void;
  /** The session id; a browser that has none gets one, by default a new one, as a cookie with this answer. */
  beginSession(newSessionId?: string): string;
};

type OwnedOrder = { readonly orderId: string; readonly sessionId?: string | null };

export type ApiEnv = { Variables: { caller: Caller; requestId: string; clientAddress: string } };

const byKey = { apiKey: [] };
const bySession = { session: [] };

/** A rule by which a route admits callers, as docs/api-by-curl.md lists them. */
export type OrderRule = CallerRule<ApiEnv> & {
  /** The weakest role with which a key is let in; undefined: keys make no difference. */
  readonly role: Role | undefined;
  /** Callers without a key are let in as well. */
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

/** Everybody, unidentified: keys and cookies are not looked at. */
export const anybody = rule("anybody", { security: [] });
/** Everybody; the order's owner, whoever has its link, and keys of role read see more. */
export const visitor = rule("anybody; owner, link and keys see more", {
  security: [byKey, bySession, {}],
});
/** Everybody; a key must be one that may act for the merchant. */
export const buyer = rule("anybody; with a key: operate", {
  security: [byKey, bySession, {}],
  role: "operate",
});
/** The order's owner, and keys of role operate; the handler decides by `requireOwner`, once it has the order. */
export const owner = rule("owner; key: operate", {
  security: [byKey, bySession],
  role: "operate",
});
export const figures = keyOf("metrics");
export const reader = keyOf("read");
export const operator = keyOf("operate");
export const admin = keyOf("admin");

/** As long as a shopper may come back to look at an order. */
const cookieAgeSeconds = 90 * 24 * 60 * 60;
/** A cookie holds 4 KB; the newest of the shopper's orders are what matters. */
const grantedMax = 30;

/** Reads who calls, and sends what changed about it back as cookies, each signed by a key of its own. */
export function identifyCaller(options: {
  readonly sessionSecret: string;
  readonly findHolder: FindHolder;
  readonly isHttps: boolean;
  /** The time on the database's clock. */
  readonly now: () => string;
}): MiddlewareHandler<ApiEnv> {
  const { sessionSecret, findHolder, isHttps, now } = options;
  const settings = { secret: sessionSecret, isHttps, maxAgeSeconds: cookieAgeSeconds };
  const session = signedCookie("payflow_session", settings);
  const orders = signedCookie("payflow_orders", settings);

  return async (c, next) => {
    const given = bearerOf(c);
    const key = given === undefined ? undefined : await findHolder(given, c.get("clientAddress"));
    // a slip must not make its holder a shopper
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

/** Throws AppError `merchant_key_required` or `role_too_weak` unless the caller is the order's owner or has a key for it. */
export function requireOwner(caller: Caller, order: OwnedOrder): void {
  if (!caller.owns(order)) requireKey(caller, "operate");
}

/** The same for what whoever sees the order may do: its owner, and whoever its link let in. */
export function requireViewer(caller: Caller, order: OwnedOrder): void {
  if (!caller.sees(order)) requireKey(caller, "operate");
}

/** Throws AppError `merchant_key_required` for a caller without a key, `role_too_weak` for one with another role. */
export function requireKey({ key }: Caller, role: Role): KeyHolder {
  if (key === undefined) throw keyRequired("This needs a key");
  requireRole(key, role);
  return key;
}

/** Does something for this reason, if there is one: histories and audits have it besides the actor. */
export function withReason<T>(reason: string | undefined, work: () => T): T {
  return reason === undefined ? work() : actingAs({ ...acting(), reason }, work);
}

/** Who called a route that needs a key. */
export const holderOf = (c: Context<ApiEnv>) => requireKey(c.get("caller"), "metrics");

/** The key in a request's `Authorization` header; undefined without one, and for another scheme. */
function bearerOf(c: Context<ApiEnv>): string | undefined {
  const bearer = /^Bearer(?:$| +(.*))/i.exec(c.req.header("Authorization") ?? "");
  return bearer === null ? undefined : (bearer[1] ?? "");
}

function keyRequired(why: string): AppError {
  const text = `${why}: send one as Authorization: Bearer …`;
  return new AppError("unauthorized", "merchant_key_required", text);
}

/**
 * In whose name the caller acts: the key's. An admin's key may say for whom, an operating system's user at the command
 * line, where one key is several people's; any key may say why.
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
  // PostgreSQL would refuse some of them, and with them what was done
  v.check(({ actor, reason = "" }) => !/\p{Cc}/u.test(actor + reason), "has control characters"),
);
