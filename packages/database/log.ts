type Write = {
  (fields: Readonly<Record<string, unknown>>, message: string): void;
  (message: string): void;
};

/** The logger of this package; a pino logger fits. `fields.err` is an error. */
export type Log = Readonly<Record<"debug" | "info" | "warn" | "error", Write>>;

const ignore = () => {};
export const silentLog: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
