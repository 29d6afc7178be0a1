import { escapeUnseen } from "./escape_unseen.ts";

const levels: Record<number, string> = {
  10: "trace",
  20: "debug",
  30: "info",
  40: "WARN",
  50: "ERROR",
  60: "FATAL",
};

/** Formats a JSON log line for people and keeps other lines; escapes control characters in both. */
export function logLineForPeople(line: string): string {
  const entry = parse(line);
  if (!entry) return escapeUnseen(line);
  const { time, level, msg, service: _, ...rest } = entry;
  const clock = typeof time === "string" ? time.slice(11, 23) : "";
  const fields = Object.entries(rest).map(
    ([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  const words = [clock, levels[Number(level)] ?? level, msg, ...fields];
  return escapeUnseen(words.filter(Boolean).join("  "));
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
