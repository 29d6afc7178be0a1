import type { Language } from "./language.ts";
import { messagesOf } from "./language.ts";

const timeZone = "Asia/Seoul";
const options = {
  timeZone,
  month: "long",
  day: "numeric",
  weekday: "short",
  hour: "numeric",
  minute: "2-digit",
} as const;
const formats = {
  ko: new Intl.DateTimeFormat("ko-KR", { ...options, hour12: true }),
  en: new Intl.DateTimeFormat("en-GB", { ...options, hour12: false }),
};
const years = {
  ko: new Intl.DateTimeFormat("ko-KR", { timeZone, year: "numeric" }),
  en: new Intl.DateTimeFormat("en-GB", { timeZone, year: "numeric" }),
};

/**
 * An ISO time as people in Korea read it, with the zone said, since shoppers travel; the year only when it is not the
 * present one.
 */
export function timeText(
  isoTime: string,
  language: Language,
  now = new Date(),
): string {
  const time = new Date(isoTime);
  const year = years[language].format(time);
  const dated =
    year === years[language].format(now)
      ? ""
      : `${year}${language === "ko" ? " " : ", "}`;
  return `${dated}${formats[language].format(time)} (${messagesOf(language).kst})`;
}
