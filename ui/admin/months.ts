import { isKoreanMonth, koreanDayOf } from "@payflow/shared";

/** The month (YYYY-MM) in the query when it is valid, else the present month in Korea. */
export function monthOf(given: string | undefined, now: Date): string {
  if (given !== undefined && isKoreanMonth(given)) return given;
  return koreanDayOf(now.toISOString()).slice(0, 7);
}

/** The month this number of months later; earlier when negative. */
export function monthAfter(month: string, months: number): string {
  const [year = 0, number = 0] = month.split("-").map(Number);
  const index = year * 12 + number - 1 + months;
  return `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, "0")}`;
}

export function daysIn(month: string): number {
  const [year = 0, number = 0] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number, 0)).getUTCDate();
}
