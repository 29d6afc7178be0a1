import type { Language } from "../language.ts";

const timeZone = "Asia/Seoul";
type Reader = { readonly language: Language; readonly now: Date };

const yearOf = new Intl.DateTimeFormat("en", { timeZone, year: "numeric" });
const locales = { ko: "ko-KR", en: "en-GB" } as const;

const byBoth = (options: Intl.DateTimeFormatOptions) => ({
  ko: new Intl.DateTimeFormat(locales.ko, { timeZone, ...options }),
  en: new Intl.DateTimeFormat(locales.en, { timeZone, ...options }),
});
const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
const dates = byBoth({ month: "short", day: "numeric" });
const datesWithYear = byBoth({ year: "numeric", month: "short", day: "numeric" });
const clocks = byBoth(clock);
const clocksWithSeconds = byBoth({ ...clock, second: "2-digit" });
const weekdays = byBoth({ month: "short", day: "numeric", weekday: "short" });
const months = byBoth({ year: "numeric", month: "long" });

/** Korea time as `11월 27일 14:05`; shows the year when it is not this year. */
export function whenText(isoTime: string, reader: Reader): string {
  return text(isoTime, reader, clocks);
}

/** The same with seconds. */
export function exactText(isoTime: string, reader: Reader): string {
  return text(isoTime, reader, clocksWithSeconds);
}

function text(isoTime: string, { language, now }: Reader, clockFormats: typeof clocks): string {
  const time = new Date(isoTime);
  const isThisYear = yearOf.format(time) === yearOf.format(now);
  const date = (isThisYear ? dates : datesWithYear)[language].format(time);
  return `${date}${language === "en" ? "," : ""} ${clockFormats[language].format(time)}`;
}

/** A day in Korea (YYYY-MM-DD) as `11월 25일 (수)`. */
export function dayText(day: string, { language }: Pick<Reader, "language">): string {
  return weekdays[language].format(noonOf(day));
}

/** A month (YYYY-MM) as `2026년 11월`. */
export function monthText(month: string, { language }: Pick<Reader, "language">): string {
  return months[language].format(noonOf(`${month}-15`));
}

const noonOf = (day: string) => new Date(`${day}T12:00:00+09:00`);

const steps = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;
const relative = {
  ko: new Intl.RelativeTimeFormat("ko", { numeric: "always" }),
  en: new Intl.RelativeTimeFormat("en", { numeric: "always" }),
};
const justNow = { ko: "방금", en: "just now" };
const soon = { ko: "곧", en: "in a moment" };

/** Time since or until a moment, in one unit: `3분 전`, `in 2 hours`. */
export function ageText(isoTime: string, { language, now }: Reader): string {
  const seconds = (Date.parse(isoTime) - now.getTime()) / 1_000;
  for (const [unit, length] of steps)
    if (Math.abs(seconds) >= length)
      return relative[language].format(Math.trunc(seconds / length), unit);
  return (seconds > 5 ? soon : justNow)[language];
}

const durations = { ko: ["초", "분", "시간", "일"], en: ["s", "min", "h", "d"] } as const;

/** `42초`, `3분`, `5 h`. */
export function durationText(seconds: number, language: Language): string {
  const [inSeconds, inMinutes, inHours, inDays] = durations[language];
  const gap = language === "en" ? " " : "";
  if (seconds < 60) return `${Math.round(seconds)}${gap}${inSeconds}`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}${gap}${inMinutes}`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)}${gap}${inHours}`;
  return `${Math.floor(seconds / 86_400)}${gap}${inDays}`;
}
