import { koreanDayOf, orderNumberCharacters } from "@payflow/shared";

/** Four characters after the day give 390,625 numbers; each further one 25 times as many. */
export const shortestTail = 4;
/** The 62 random bits of a UUIDv7 fill no more characters. */
export const longestTail = 13;

/** The random part of a UUIDv7 (RFC 9562 §5.7, rand_b). */
const randomBits = (1n << 62n) - 1n;

/**
 * The short number of an order: month and day of placing in Korea, then `tail` characters of its id's random part. A
 * longer number of the same order starts with its shorter one.
 */
export function orderNumber(orderId: string, placedAt: string, tail: number): string {
  const base = orderNumberCharacters.length;
  const random = BigInt(`0x${orderId.replaceAll("-", "")}`) & randomBits;
  const digits = random.toString(base).padStart(longestTail, "0");
  let characters = "";
  for (let place = 1; place <= tail; place++)
    characters += orderNumberCharacters[Number.parseInt(digits.at(-place) ?? "", base)];
  return `${koreanDayOf(placedAt).slice(5).replace("-", "")}-${characters}`;
}
