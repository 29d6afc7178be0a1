import pino from "pino";
import { traceFields } from "@payflow/outbox";
import { escapeUnseen } from "../text.ts";
import { errorFields, messageOf } from "./error_fields.ts";

export type Logger = pino.Logger;

/** JSON lines on standard output, with the current trace. Errors are logged by `errorFields` only. */
export function createLog(
  service: string,
  level = "info",
  destination?: pino.DestinationStream,
): Logger {
  return pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: traceFields,
      formatters: { log: withErrorFields },
      // pino's own serializer would take these fields for an error
      serializers: { err: (fields: unknown) => fields },
      hooks: {
        // JSON leaves C1 and bidirectional controls unescaped; a terminal that shows the log would interpret them
        streamWrite: (line) => `${escapeUnseen(line.trimEnd())}\n`,
        logMethod(words, method) {
          const [first, ...rest] = words as unknown[];
          const fields = first instanceof Error ? { err: first } : first;
          const { err } = (fields ?? {}) as { err?: unknown };
          // pino would use the unfiltered error message as the line's message
          const message = rest.length === 0 && err instanceof Error ? [messageOf(err)] : rest;
          method.apply(this, [fields, ...message] as never);
        },
      },
    },
    destination ?? pino.destination(1),
  );
}

function withErrorFields(fields: Record<string, unknown>): Record<string, unknown> {
  const shown = (value: unknown) => (value instanceof Error ? errorFields(value) : value);
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, shown(value)]));
}

/** For tests, and for commands that print for people. */
export const silentLog: Logger = pino({ level: "silent" });
