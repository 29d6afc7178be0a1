// Toss writes times in Korean time (UTC+9, no daylight saving).

const koreaOffsetMs = 9 * 60 * 60 * 1000;

/** As in `requestedAt`: `2026-01-05T14:22:10+09:00`. */
export function koreanSeconds(ms: number): string {
  return shift(ms).slice(0, 19) + "+09:00";
}

/** As in a paymentKey: `20260105142210`. */
export function koreanDigits(ms: number): string {
  return shift(ms).slice(0, 19).replaceAll(/\D/g, "");
}

/** As in a webhook's `createdAt`: microseconds and no offset. */
export function koreanMicroseconds(ms: number): string {
  return shift(ms).slice(0, 23) + "000";
}

/** Parses ISO 8601; a time without an offset is Korean. Undefined when invalid. */
export function parseTossTime(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?$/.test(text)) {
    return undefined;
  }
  const hasOffset = /T.*(Z|[+-]\d{2}:?\d{2})$/.test(text);
  const full = text.includes("T") ? text : `${text}T00:00:00`;
  const ms = Date.parse(hasOffset ? full : `${full}+09:00`);
  return Number.isNaN(ms) ? undefined : ms;
}

function shift(ms: number): string {
  return new Date(ms + koreaOffsetMs).toISOString();
}
