import { timingSafeEqual } from "node:crypto";

/** Constant-time comparison of secrets. */
export function sameSecret(given: string, expected: string): boolean {
  const hash = (text: string) => new Bun.CryptoHasher("sha256").update(text).digest();
  return timingSafeEqual(hash(given), hash(expected));
}

/** HMAC-SHA256 of a text, in base64url. */
export function sign(text: string, secret: string | Buffer): string {
  return new Bun.CryptoHasher("sha256", secret).update(text).digest("base64url");
}
