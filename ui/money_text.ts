import type { Language } from "./language.ts";

const grouped = new Intl.NumberFormat("en-US");

/** `1,000원` in Korean, `₩1,000` in English; a minus sign comes first. */
export function wonText(won: number, language: Language): string {
  const sign = won < 0 ? "−" : "";
  const digits = grouped.format(Math.abs(won));
  return language === "ko" ? `${sign}${digits}원` : `${sign}₩${digits}`;
}
