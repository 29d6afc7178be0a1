import { UsageError } from "@payflow/local-stack";
import { isKoreanDay } from "@payflow/shared";

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Parses a time into ISO 8601. Dates and times without a zone are Korean; `30m`, `24h` and `7d` are that long ago.
 * @throws UsageError for other text
 */
export function timeOption(option: string, text: string, now = Date.now()): string {
  const [, count = "", unit = "m"] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  if (count !== "") return new Date(now - Number(count) * unitMs[unit as "m"]).toISOString();
  const [, day = "", clock = "T00:00:00", zone = "+09:00"] =
    /^(\d{4}-\d\d-\d\d)(?:([T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(text) ??
    [];
  const at = new Date(isKoreanDay(day) ? `${day}${clock}${zone}` : "");
  if (Number.isNaN(at.getTime()))
    throw new UsageError(
      `--${option} is "${text}", which is not a time: write 2026-11-25, 2026-11-25T09:00:00+09:00, 30m, 24h or 7d`,
    );
  return at.toISOString();
}
