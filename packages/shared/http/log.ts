import pino from "pino";
import { traceFields } from "@payflow/outbox";
import { escapeUnseen } from "../text.ts";
import { errorFields, messageOf } from "./error_fields.ts";

export type Logger = pino.Logger;

/** JSON lines on standard output, with the trace of the work under way; of an error only what `errorFields` lets through. */
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
      // pino's own would take for an error what is the fields of one
      serializers: { err: (fields: unknown) => fields },
      hooks: {
        // JSON leaves C1 controls and marks of direction as they are; a terminal that shows the log obeys them
        streamWrite: (line) => `${escapeUnseen(line.trimEnd())}\n`,
        logMethod(words, method) {
          const [first, ...rest] = words as unknown[];
          const fields = first instanceof Error ? { err: first } : first;
          const { err } = (fields ?? {}) as { err?: unknown };
          // pino would make the line's message of the error's
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

/** For tests and commands whose output is for people. */
export const silentLog: Logger = pino({ level: "silent" });
