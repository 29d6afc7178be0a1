import * as v from "valibot";
import { isUuid } from "@payflow/outbox";
import {
  AppError,
  EmailAddress,
  isKoreanDay,
  orderNumberOf,
  orderStatuses,
  storableText,
} from "@payflow/shared";
import type { InvalidField } from "@payflow/shared";
import type { OrderSelection, OrderTerm } from "../../application/order_search.ts";

/** As a form or an address has it: an empty field is none. */
export type FilterText = {
  readonly q?: string | undefined;
  readonly status?: string | undefined;
  readonly method?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
};

const MerchantReference = storableText(64);
const dayMs = 24 * 60 * 60_000;
const Status = v.picklist(orderStatuses);
/** Of a search text, and of a method's name. */
const Text = storableText(200);

/** A part of a paymentKey, of which fewer characters would be in too many. */
export const keyPart = /^[A-Za-z0-9_=-]{8,200}$/;

/**
 * The orders that a filter means; `findByKey` has those by a paymentKey. `missed`: why those could not be found, so that
 * the selection may lack some. Throws AppError `invalid_request` with `details.errors`.
 */
export async function selectionOf(
  filter: FilterText,
  findByKey: (part: string) => Promise<readonly string[]>,
): Promise<{ readonly selection: OrderSelection; readonly missed: unknown }> {
  const errors: InvalidField[] = [];
  const read = <T>(path: keyof FilterText, parse: (text: string) => T | string | undefined) => {
    const text = filter[path];
    if (text === undefined || text.trim() === "") return undefined;
    const found = parse(text);
    if (found === undefined) errors.push({ path, message: messages[path] });
    return found as T | undefined;
  };
  const status = read("status", (text) => outputOf(Status, text));
  const method = read("method", (text) => outputOf(Text, text));
  const from = read("from", dayOf);
  const to = read("to", dayOf);
  const q = read("q", (text) => outputOf(Text, text));
  if (from !== undefined && to !== undefined && to < from)
    errors.push({ path: "to", message: "is before the first day" });
  if (errors.length > 0) {
    const text = errors.map(({ path, message }) => `${path} ${message}`).join("; ");
    throw new AppError("invalid", "invalid_request", text, { errors });
  }
  const rest = { status, method, ...placedBetween(from, to) };
  if (q === undefined) return { selection: rest, missed: undefined };
  const terms = termsOf(q);
  let missed: unknown;
  if (keyPart.test(q) && !isUuid(q)) {
    const orderIds = await findByKey(q).catch((error: unknown) => ((missed = error), []));
    if (orderIds.length > 0) terms.push({ kind: "orders", orderIds });
  }
  return { selection: { ...rest, anyOf: terms }, missed };
}

const messages: Readonly<Record<keyof FilterText, string>> = {
  q: "must have 1 to 200 characters, on one line",
  status: `must be one of ${orderStatuses.join(", ")}`,
  method: "must have 1 to 200 characters, on one line",
  from: "must be a day as YYYY-MM-DD",
  to: "must be a day as YYYY-MM-DD",
};

function outputOf<T>(schema: v.GenericSchema<unknown, T>, given: string): T | undefined {
  const result = v.safeParse(schema, given);
  return result.success ? result.output : undefined;
}

const dayOf = (text: string) => (isKoreanDay(text) ? text : undefined);

/** From the beginning of one day in Korea to the end of another. */
export function placedBetween(
  from: string | undefined,
  to: string | undefined,
): Pick<OrderSelection, "since" | "until"> {
  const startOf = (day: string) => Date.parse(`${day}T00:00:00+09:00`);
  return {
    since: from === undefined ? undefined : startOf(from),
    until: to === undefined ? undefined : startOf(to) + dayMs,
  };
}

/**
 * All that a search text may mean within order. A whole e-mail address is taken as it is, any other text as the
 * beginning of one as well.
 */
function termsOf(q: string): OrderTerm[] {
  const terms: OrderTerm[] = [];
  const hex = q.toLowerCase().replaceAll("-", "");
  const isId = /^[0-9a-f]{4,32}$/.test(hex) && /^[0-9a-f]/i.test(q);
  if (isId) terms.push({ kind: "ids", from: idWith(hex, "0"), to: idWith(hex, "f") });
  const number = orderNumberOf(q);
  if (number !== undefined) terms.push({ kind: "number", number });
  const reference = outputOf(MerchantReference, q);
  if (reference !== undefined) terms.push({ kind: "reference", text: reference });
  const amount = amountOf(q);
  if (amount !== undefined) terms.push({ kind: "amount", amount });
  const email = outputOf(EmailAddress, q);
  if (email !== undefined) terms.push({ kind: "email", text: email });
  else if (/^[\x21-\x7e]{2,100}$/.test(q)) terms.push({ kind: "emailStart", text: q });
  if (!q.includes("@") && amount === undefined) terms.push({ kind: "nameStart", text: q });
  return terms;
}

function idWith(hex: string, filler: string): string {
  const digits = hex.padEnd(32, filler);
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** `12000`, `12,000`, `₩12,000`, `12,000원`; undefined for what is no sum. */
function amountOf(text: string): number | undefined {
  const [, digits] = /^[₩￦]? ?(\d{1,3}(?:,\d{3})+|\d{1,15}) ?원?$/.exec(text) ?? [];
  const amount = Number(digits?.replaceAll(",", ""));
  return Number.isSafeInteger(amount) && amount > 0 ? amount : undefined;
}
