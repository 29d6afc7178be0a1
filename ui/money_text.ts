import type { Language } from "./language.ts";

const grouped = new Intl.NumberFormat("en-US");

/** `1,000원` in Korean, `₩1,000` elsewhere. */
export function wonText(won: number, language: Language): string {
  return language === "ko" ? `${grouped.format(won)}원` : `₩${grouped.format(won)}`;
}
