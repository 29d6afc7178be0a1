import * as v from "valibot";

/** No two characters look alike, and without vowels they spell no words. */
export const orderNumberCharacters = "23456789CDFGHJKMNPQRTVWXY";
const form = new RegExp(`^(?:0[1-9]|1[0-2])[0-3]\\d-[${orderNumberCharacters}]{4,13}$`);

/** `1127-K7P3`: the day of placing in Korea, then four characters or more. No two orders have the same. */
export const OrderNumber = v.pipe(v.string(), v.regex(form, "must be an order number"));

/** The order number that somebody typed, in either case, with or without its hyphen; undefined for any other text. */
export function orderNumberOf(typed: string): string | undefined {
  const plain = typed.toUpperCase().replaceAll(/[\s-]/g, "");
  const number = `${plain.slice(0, 4)}-${plain.slice(4)}`;
  return form.test(number) ? number : undefined;
}
