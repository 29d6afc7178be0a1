import { isKoreanMonth, koreanDayOf } from "@payflow/shared";

/** The month (YYYY-MM) that an address names; the present one in Korea otherwise. */
export function monthOf(given: string | undefined, now: Date): string {
  if (given !== undefined && isKoreanMonth(given)) return given;
  return koreanDayOf(now.toISOString()).slice(0, 7);
}

/** So many months later; below 0 earlier. */
export function monthAfter(month: string, months: number): string {
  const [year = 0, number = 0] = month.split("-").map(Number);
  const index = year * 12 + number - 1 + months;
  return `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, "0")}`;
}

/** Days that the month has. */
export function daysIn(month: string): number {
  const [year = 0, number = 0] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number, 0)).getUTCDate();
}
