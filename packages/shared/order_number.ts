import * as v from "valibot";

/** Without look-alike characters, and without vowels, so that numbers spell no words. */
export const orderNumberCharacters = "23456789CDFGHJKMNPQRTVWXY";
const form = new RegExp(`^(?:0[1-9]|1[0-2])[0-3]\\d-[${orderNumberCharacters}]{4,13}$`);

/** `1127-K7P3`: the day of placing in Korea, then four characters or more. Unique. */
export const OrderNumber = v.pipe(v.string(), v.regex(form, "must be an order number"));

/** Normalizes a typed order number: case, hyphen and spaces do not matter. Returns undefined for any other text. */
export function orderNumberOf(typed: string): string | undefined {
  const plain = typed.toUpperCase().replaceAll(/[\s-]/g, "");
  const number = `${plain.slice(0, 4)}-${plain.slice(4)}`;
  return form.test(number) ? number : undefined;
}
