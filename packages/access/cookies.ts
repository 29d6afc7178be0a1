import { timingSafeEqual } from "node:crypto";
import type { Context } from "hono";
import { deleteCookie, setCookie } from "hono/cookie";
import { parse } from "hono/utils/cookie";
import { deriveKey } from "@payflow/outbox";

/** A cookie that scripts can't read (HttpOnly), for all paths of this host. */
export function hostCookie(
  plainName: string,
  options: {
    readonly isHttps: boolean;
    readonly sameSite: "Lax" | "Strict";
    readonly maxAgeSeconds: number;
  },
) {
  const { isHttps, sameSite, maxAgeSeconds: maxAge } = options;
  // browsers accept a cookie with this prefix only from this host and over https
  const name = isHttps ? `__Host-${plainName}` : plainName;
  const settings = { httpOnly: true, sameSite, secure: isHttps, path: "/" } as const;
  return {
    /** The value in a request's Cookie header; undefined without one. */
    read: (header: string | undefined) =>
      header === undefined ? undefined : parse(header, name)[name],
    set: (c: Context, value: string) => setCookie(c, name, value, { ...settings, maxAge }),
    clear: (c: Context) => void deleteCookie(c, name, settings),
  };
}

/**
 * A cookie `value.signature` with an HMAC-SHA256 under a key of its own, in the format of Hono's signed cookies.
 * Hono signs with WebCrypto, which took half of the CPU time of placing an order; this code signs synchronously.
 */
export function signedCookie(
  plainName: string,
  options: { readonly secret: string; readonly isHttps: boolean; readonly maxAgeSeconds: number },
) {
  const cookie = hostCookie(plainName, { ...options, sameSite: "Lax" });
  const key = deriveKey(options.secret, `cookie ${plainName}`);
  const signature = (value: string) => new Bun.CryptoHasher("sha256", key).update(value).digest();
  return {
    /** The value in a request's Cookie header; undefined without the cookie or without a valid signature. */
    read(header: string | undefined): string | undefined {
      const sent = cookie.read(header);
      const at = sent?.lastIndexOf(".") ?? -1;
      if (sent === undefined || at < 1) return undefined;
      const given = Buffer.from(sent.slice(at + 1), "base64");
      const value = sent.slice(0, at);
      const right = signature(value);
      return given.length === right.length && timingSafeEqual(given, right) ? value : undefined;
    },
    set: (c: Context, value: string) =>
      cookie.set(c, `${value}.${signature(value).toString("base64")}`),
  };
}
