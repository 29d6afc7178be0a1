import * as v from "valibot";
import type { OrderSelection, OrderTerm } from "@payflow/back-office";
import type { OrderFilter } from "@payflow/ui";
import { isUuid } from "@payflow/database";
import { emailAddressOf, isKoreanDay, orderNumberOf } from "@payflow/shared";
import { orderStatuses, storableText, storableTextOf } from "@payflow/shared";
import { parseInput } from "@payflow/shared/http";

/** The filter as text from a form or a URL: an empty field counts as missing. */
type FilterText = { readonly [Name in keyof OrderFilter]: string | undefined };

const dayMs = 24 * 60 * 60_000;
/** A search text, or the name of a payment method. */
const Text = v.exactOptional(storableText(200));
const Day = v.exactOptional(
  v.pipe(v.string(), v.check(isKoreanDay, "must be a day as YYYY-MM-DD")),
);
const Filter = v.pipe(
  v.object({
    q: Text,
    status: v.exactOptional(v.picklist(orderStatuses)),
    method: Text,
    from: Day,
    to: Day,
  }),
  v.forward(
    v.partialCheck(
      [["from"], ["to"]],
      ({ from = "", to }) => to === undefined || to >= from,
      "is before the first day",
    ),
    ["to"],
  ),
);

/** A part of a paymentKey; with fewer characters it would match too many. */
const keyPart = /^[A-Za-z0-9_=-]{8,200}$/;

/**
 * The selection of a filter; `findByKey` finds orders by a paymentKey. `missed` is its error if it failed: the selection
 * may then lack orders. Throws AppError `invalid_request` with `details.errors`.
 */
export async function selectionOf(
  filter: FilterText,
  findByKey: (part: string) => Promise<readonly string[]>,
): Promise<{ readonly selection: OrderSelection; readonly missed: unknown }> {
  const given = Object.entries(filter).filter(([, text]) => text?.trim());
  const { q, from, to, ...rest } = parseInput(Filter, Object.fromEntries(given));
  const selection = { ...rest, ...placedBetween(from, to) };
  if (q === undefined) return { selection, missed: undefined };
  const terms = termsOf(q);
  let missed: unknown;
  if (keyPart.test(q) && !isUuid(q)) {
    const orderIds = await findByKey(q).catch((error: unknown) => ((missed = error), []));
    if (orderIds.length > 0) terms.push({ kind: "orders", orderIds });
  }
  return { selection: { ...selection, anyOf: terms }, missed };
}

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
 * All meanings of a search text within order. A complete e-mail address must match exactly; other text may also be the
 * beginning of an address.
 */
function termsOf(q: string): OrderTerm[] {
  const terms: OrderTerm[] = [];
  const hex = q.toLowerCase().replaceAll("-", "");
  const isId = /^[0-9a-f]{4,32}$/.test(hex) && /^[0-9a-f]/i.test(q);
  if (isId) terms.push({ kind: "ids", from: hex.padEnd(32, "0"), to: hex.padEnd(32, "f") });
  const number = orderNumberOf(q);
  if (number !== undefined) terms.push({ kind: "number", text: number });
  const reference = storableTextOf(q, 64);
  if (reference !== undefined) terms.push({ kind: "reference", text: reference });
  const amount = amountOf(q);
  if (amount !== undefined) terms.push({ kind: "amount", amount });
  const email = emailAddressOf(q);
  if (email !== undefined) terms.push({ kind: "email", text: email });
  else if (/^[\x21-\x7e]{2,100}$/.test(q)) terms.push({ kind: "emailStart", text: q });
  if (!q.includes("@") && amount === undefined) terms.push({ kind: "nameStart", text: q });
  return terms;
}

/** Parses `12000`, `12,000`, `₩12,000` and `12,000원`; undefined for other text. */
function amountOf(text: string): number | undefined {
  const [, digits] = /^[₩￦]? ?(\d{1,3}(?:,\d{3})+|\d{1,15}) ?원?$/.exec(text) ?? [];
  const amount = Number(digits?.replaceAll(",", ""));
  return Number.isSafeInteger(amount) && amount > 0 ? amount : undefined;
}
