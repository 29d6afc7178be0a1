import type { Language } from "./language.ts";
import { messagesOf } from "./language.ts";

const options = {
  timeZone: "Asia/Seoul",
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

/** An ISO time as people in Korea read it, with the zone said, since shoppers travel. */
export function timeText(isoTime: string, language: Language): string {
  return `${formats[language].format(new Date(isoTime))} (${messagesOf(language).kst})`;
}
