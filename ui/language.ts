import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { languages, type Language } from "@payflow/shared";
import { en } from "./messages/en.ts";
import { ko, type Messages } from "./messages/ko.ts";

export type { Language };

const cookieName = "lang";
const yearSeconds = 365 * 24 * 60 * 60;

/** The query parameter with the language of the requesting page, which another tab may have switched since. */
export const languageParameter = "lang";

/** The language of the requesting page, else the visitor's choice, else the browser's preference, else Korean. */
export function languageOf(c: Context): Language {
  const ofPage = c.req.query(languageParameter);
  if (isLanguage(ofPage)) return ofPage;
  const chosen = getCookie(c, cookieName);
  if (isLanguage(chosen)) return chosen;
  return preferred(c.req.header("accept-language") ?? "");
}

export function rememberLanguage(c: Context, language: Language, secure: boolean): void {
  setCookie(c, cookieName, language, {
    path: "/",
    maxAge: yearSeconds,
    sameSite: "Lax",
    httpOnly: true,
    secure,
  });
}

export function isLanguage(value: unknown): value is Language {
  return languages.some((language) => language === value);
}

export function messagesOf(language: Language): Messages {
  return language === "en" ? en : ko;
}

/** RFC 9110 §12.5.4; ignores ranges that match neither language. */
function preferred(acceptLanguage: string): Language {
  let best: Language = "ko";
  let bestQuality = 0;
  for (const range of acceptLanguage.split(",").slice(0, 20)) {
    const [tag = "", ...parameters] = range.trim().toLowerCase().split(";");
    const language = tag.split("-")[0];
    const q = parameters.find((p) => p.trim().startsWith("q="));
    const quality = q === undefined ? 1 : Number(q.trim().slice(2));
    if (isLanguage(language) && quality > bestQuality) {
      best = language;
      bestQuality = quality;
    }
  }
  return best;
}
