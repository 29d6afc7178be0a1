import type { Language } from "./language.ts";

const grouped = new Intl.NumberFormat("en-US");

/** `1,000원` in Korean, `₩1,000` elsewhere; below 0 with a minus sign before all of it. */
export function wonText(won: number, language: Language): string {
  const sign = won < 0 ? "−" : "";
  const digits = grouped.format(Math.abs(won));
  return language === "ko" ? `${sign}${digits}원` : `${sign}₩${digits}`;
}
