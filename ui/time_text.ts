import type { Language } from "./language.ts";

const timeZone = "Asia/Seoul";
const moment = { timeZone, month: "long", day: "numeric", minute: "2-digit" } as const;
const locales = {
  ko: { locale: "ko-KR", hour: "numeric" },
  en: { locale: "en-GB", hour: "2-digit" },
} as const;
/** English pages name the time zone, because their readers may be abroad; Korean pages do not. */
export const zoneNotes = { ko: undefined, en: "All times are in Korea time." } as const;
const zones = { ko: "", en: " (Korea time)" } as const;
const yearOf = new Intl.DateTimeFormat("en", { timeZone, year: "numeric" });

const momentFormats = formats({});
const dayFormats = formats({ weekday: "short" });

/** The reader's language and the present time. */
type Reader = { readonly language: Language; readonly now: Date };

/** An ISO time in Korea time, with the zone in English; shows the year when it is not this year. */
export function timeText(isoTime: string, reader: Reader): string {
  return withYear(dayFormats[reader.language], isoTime, reader) + zones[reader.language];
}

/** The short form, for a list that shows `zoneNotes` once. */
export function momentText(isoTime: string, reader: Reader): string {
  return withYear(momentFormats[reader.language], isoTime, reader);
}

function withYear(format: Intl.DateTimeFormat, isoTime: string, { language, now }: Reader): string {
  const time = new Date(isoTime);
  const year = yearOf.format(time);
  if (year === yearOf.format(now)) return format.format(time);
  return language === "ko" ? `${year}년 ${format.format(time)}` : `${format.format(time)}, ${year}`;
}

function formats(more: Intl.DateTimeFormatOptions) {
  const format = ({ locale, hour }: (typeof locales)[Language]) =>
    new Intl.DateTimeFormat(locale, { ...moment, ...more, hour });
  return { ko: format(locales.ko), en: format(locales.en) };
}
