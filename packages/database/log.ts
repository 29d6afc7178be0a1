type Write = {
  (fields: Readonly<Record<string, unknown>>, message: string): void;
  (message: string): void;
};

/** Where this package logs; pino's loggers fit. `fields.err` is an error. */
export type Log = Readonly<Record<"debug" | "info" | "warn" | "error", Write>>;

const ignore = () => {};
export const silentLog: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
