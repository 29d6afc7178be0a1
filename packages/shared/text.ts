import * as v from "valibot";

/** True when PostgreSQL's text and jsonb can hold it: no U+0000, no lone surrogates. */
export function isStorable(text: string): boolean {
  return !text.includes("\u0000") && text.isWellFormed();
}

/** Text from outside, trimmed, of 1 to `maxLength` characters. */
export const storableText = (maxLength: number) =>
  v.pipe(
    v.string(),
    v.check(isStorable, "must not contain U+0000 or lone surrogates"),
    v.trim(),
    v.minLength(1),
    v.maxLength(maxLength),
  );

/** Toss's rule for order ids without the `=` on which its own documents disagree: 6–64 of A–Z a–z 0–9 - _ */
export const OrderId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{6,64}$/));
/** Toss's paymentKey: at most 200 characters. */
export const PaymentKey = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,200}$/));
/** ISO 8601 in UTC, as every time in PayFlow's JSON. */
export const IsoTime = v.pipe(v.string(), v.isoTimestamp());
