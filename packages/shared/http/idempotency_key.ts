import * as v from "valibot";

/** 1–255 visible ASCII characters. */
export const IdempotencyKey = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,255}$/));

/** A string by RFC 9651 §3.3.3: in quotes, with `\` escaping quotes and itself. */
const quoted = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;

/** Parses the header, with quotes (draft-ietf-httpapi-idempotency-key-header) or without; undefined if invalid. */
export function idempotencyKeyOf(header: string): string | undefined {
  const text = header.startsWith('"')
    ? quoted.exec(header)?.[1]?.replaceAll(/\\(.)/g, "$1")
    : header;
  return v.is(IdempotencyKey, text) ? text : undefined;
}
