import pino from "pino";

export type Logger = pino.Logger;

/** JSON lines on standard output; secrets and people's data are never among the fields that we log. */
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
    },
    destination ?? pino.destination(1),
  );
}

/** For tests and commands whose output is for people. */
export const silentLog: Logger = pino({ level: "silent" });
