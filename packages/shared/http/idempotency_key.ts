import * as v from "valibot";

/** 1–255 visible ASCII characters. */
export const IdempotencyKey = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,255}$/));

/** A string of RFC 9651 §3.3.3: between quotes, with `\` before a quote and before itself. */
const quoted = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;

/**
 * The key in an Idempotency-Key header, which is a string in quotes
 * (https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/); without quotes it is the same key.
 * Undefined for what is neither.
 */
export function idempotencyKeyOf(header: string): string | undefined {
  const text = header.startsWith('"')
    ? quoted.exec(header)?.[1]?.replaceAll(/\\(.)/g, "$1")
    : header;
  return v.is(IdempotencyKey, text) ? text : undefined;
}
