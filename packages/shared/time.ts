// Times are ISO 8601 text. Days and months of reports are in Korean time: UTC+9, without daylight saving time.
import * as v from "valibot";

/** YYYY-MM, of this century. */
export const KoreanMonth = v.pipe(
  v.string(),
  v.regex(/^20\d\d-(0[1-9]|1[0-2])$/, "must be YYYY-MM, from 2000 to 2099"),
);

/** YYYY-MM-DD, of this century; must be in the calendar. */
export const KoreanDay = v.pipe(
  v.string(),
  v.regex(/^20\d\d-\d\d-\d\d$/, "must be YYYY-MM-DD, from 2000 to 2099"),
  v.check((day) => isInCalendar(day), "must be a day that there is"),
);

export const isKoreanMonth = (text: string) => v.is(KoreanMonth, text);
export const isKoreanDay = (text: string) => v.is(KoreanDay, text);

/** YYYY-MM-DD HH:MM:SS in Korea. */
export function koreanTimeOf(time: string): string {
  const korean = new Date(Date.parse(time) + 9 * 60 * 60_000).toISOString();
  return korean.slice(0, 19).replace("T", " ");
}

export const koreanDayOf = (time: string) => koreanTimeOf(time).slice(0, 10);

export function isInCalendar(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}

export function plusMs(time: string, ms: number): string {
  return new Date(Date.parse(time) + ms).toISOString();
}

export function earlier(a: string, b: string): string {
  return a < b ? a : b;
}
