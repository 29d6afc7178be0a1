// The language of a page: Korean or English.

import type { Context } from "hono";
import type { Language } from "./toss_codes.ts";

/** The language with the highest weight in Accept-Language (RFC 9110 §12.5.4), else Korean. */
export function preferredLanguage(c: Context): Language {
  const acceptLanguage = c.req.header("accept-language") ?? "";
  let best: Language = "ko";
  let bestQuality = 0;
  for (const range of acceptLanguage.split(",").slice(0, 20)) {
    const [tag = "", ...parameters] = range.trim().toLowerCase().split(";");
    const language = tag.split("-")[0];
    const q = parameters.find((parameter) => parameter.trim().startsWith("q="));
    const quality = q === undefined ? 1 : Number(q.trim().slice(2));
    if (isLanguage(language) && quality > bestQuality) {
      best = language;
      bestQuality = quality;
    }
  }
  return best;
}

export function isLanguage(value: unknown): value is Language {
  return value === "ko" || value === "en";
}
