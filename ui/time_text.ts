import type { Language } from "./language.ts";
import { messagesOf } from "./language.ts";

const timeZone = "Asia/Seoul";
const options = {
  timeZone,
  month: "long",
  day: "numeric",
  weekday: "short",
  minute: "2-digit",
} as const;
const korean = new Intl.DateTimeFormat("ko-KR", {
  ...options,
  hour: "numeric",
});
const english = new Intl.DateTimeFormat("en-GB", {
  ...options,
  hour: "2-digit",
});
const yearOf = new Intl.DateTimeFormat("en", { timeZone, year: "numeric" });

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
  const year = yearOf.format(time);
  const said = year !== yearOf.format(now);
  const zone = messagesOf(language).kst;
  return language === "ko"
    ? `${said ? `${year}년 ` : ""}${korean.format(time)} (${zone})`
    : `${english.format(time)}${said ? `, ${year}` : ""} (${zone})`;
}
