import * as v from "valibot";

/** 1–255 visible ASCII characters. */
export const IdempotencyKey = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,255}$/));

/** A string of RFC 9651 §3.3.3: between quotes, with `\` before a quote and before itself. */
const quoted = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;

/** The key in a header, with quotes (draft-ietf-httpapi-idempotency-key-header) or without; undefined: it is none. */
export function idempotencyKeyOf(header: string): string | undefined {
  const text = header.startsWith('"')
    ? quoted.exec(header)?.[1]?.replaceAll(/\\(.)/g, "$1")
    : header;
  return v.is(IdempotencyKey, text) ? text : undefined;
}
