import type { Log } from "../log.ts";

export type LogLine = { readonly level: keyof Log; readonly message: string };

/** A logger that keeps its lines for assertions. */
export function keptLog(): { readonly log: Log; readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = [];
  const write =
    (level: keyof Log) =>
    (first: unknown, message = String(first)) =>
      void lines.push({ level, message });
  const log = {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
  };
  return { log, lines };
}
