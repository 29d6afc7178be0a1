import * as v from "valibot";
import { isInCalendar } from "./time.ts";

/** Control characters, line separators, bidirectional controls and lone surrogates. */
const unseen = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
const visible = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}]/u;

/** Escapes characters that a terminal would interpret, or that change the direction of text, as in JSON. */
export function escapeUnseen(text: string): string {
  return text.replaceAll(unseen, (character) =>
    character === "\n" ? "\\n" : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** At most `max` characters that every JSON parser and PostgreSQL's jsonb accept: no U+0000, no lone surrogates. */
export const wellFormed = (text: string, max: number) =>
  text.slice(0, max).toWellFormed().replaceAll("\0", "\ufffd");

/** Trimmed, in NFC. Longer text is refused first: marks on one letter are sorted in quadratic time. A letter has 4 units at most. */
const normalized = (maxLength: number) =>
  v.pipe(
    v.string(),
    v.check((text) => text.length <= 4 * maxLength, `must have ${maxLength} characters at most`),
    v.normalize("NFC"),
    v.trim(),
  );

/** Text to store and show: trimmed, in NFC, 1 to `maxLength` characters on one line, valid for jsonb. */
export const storableText = (maxLength: number) =>
  v.pipe(
    normalized(maxLength),
    v.check(
      (text) => text.search(unseen) < 0,
      "must not contain control characters, ends of lines, marks of direction or lone surrogates",
    ),
    v.minLength(1),
    v.maxLength(maxLength),
    v.check((text) => visible.test(text), "must contain a visible character"),
  );

/** The parsed text of a form's field; undefined when it is invalid. */
function outputOf(schema: v.GenericSchema<string>, given: string): string | undefined {
  const result = v.safeParse(schema, given);
  return result.success ? result.output : undefined;
}
export const storableTextOf = (given: string, maxLength: number) =>
  outputOf(storableText(maxLength), given);
export const emailAddressOf = (given: string) => outputOf(EmailAddress, given);

/**
 * An e-mail address by the rule of browsers (https://html.spec.whatwg.org/#valid-e-mail-address) with a domain of two
 * labels or more. A domain in other letters becomes ASCII (UTS 46), which is what Toss and mail servers take.
 */
export const EmailAddress = v.config(
  v.pipe(
    normalized(100),
    v.transform(withAsciiDomain),
    v.rfcEmail("is no e-mail address"),
    v.regex(/\.(?!\d+$)[^.]+$/, "must end with a domain"),
    // Toss's limit
    v.maxLength(100),
  ),
  { abortPipeEarly: true },
);

function withAsciiDomain(address: string): string {
  const at = address.lastIndexOf("@") + 1;
  const domain = address.slice(at);
  // ASCII stays as typed; URL syntax in the domain would make the parser return another host
  if (!/[^\0-\x7f]/.test(domain) || /[\s/:?#\\[\]%]/.test(domain)) return address;
  return address.slice(0, at) + (URL.parse(`http://${domain}`)?.hostname ?? domain);
}

export const EventId = v.pipe(v.string(), v.uuid());
/** The URI of an event type's JSON schema: the header `ce_dataschema`, and the schema's `$id` in /asyncapi.json. */
export const eventSchemaUri = (eventType: string) => `urn:payflow:event:${eventType}`;
/** Toss's rule for order ids without the `=` on which its own documents disagree. */
export const OrderId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{6,64}$/, "is no id"));
/** Toss's paymentKey. It is a path segment of Toss's API, so it must not equal a fixed segment there. */
export const PaymentKey = v.pipe(
  v.string(),
  v.regex(/^(?!(confirm|orders|key-in)$)[A-Za-z0-9_=-]{1,200}$/, "is no paymentKey"),
);
export const isOrderId = (text: string) => v.is(OrderId, text);
export const isPaymentKey = (text: string) => v.is(PaymentKey, text);
/** ISO 8601, in UTC in PayFlow's responses. PostgreSQL takes no year 0 and no zone from 16 hours on. */
export const IsoTime = v.pipe(v.string(), v.isoTimestamp(), v.check(isTime, "is no time"));
function isTime(text: string): boolean {
  return isInCalendar(text.slice(0, 10)) && !/^0000|[+-](?:1[6-9]|2\d)(?::?\d\d)?$/.test(text);
}
export const isIsoTime = (text: string) => v.is(IsoTime, text);
