import {
  CompiledQuery,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type QueryResult,
} from "kysely";
import postgres from "postgres";
import {
  createConnections,
  type Connections,
  type OpenConnection,
} from "./connections.ts";

export type DatabaseConfig = {
  readonly url: string;
  readonly applicationName: string;
  /** Connections at the most; a service needs few, since saves gather. */
  readonly poolMax?: number;
  /** The server ends a statement after this long. */
  readonly statementTimeoutMs?: number;
};

export type Database<Tables> = {
  readonly kysely: Kysely<Tables>;
  close(): Promise<void>;
};

/** The server's limit is backed by one here, for a server that is gone without saying so. */
const answerGraceMs = 2_000;

/**
 * Opens a pool whose queries Kysely builds and postgres.js runs. Every query is one statement on any free
 * connection: there are no transactions here, on purpose (docs/adr/0003-one-statement-saves.md). Times come back
 * as ISO 8601 text in UTC and int8 as a safe integer.
 */
export function openDatabase<Tables>(config: DatabaseConfig): Database<Tables> {
  const statementTimeoutMs = config.statementTimeoutMs ?? 10_000;
  const open: OpenConnection = (onClose) =>
    postgres(config.url, {
      max: 1,
      connect_timeout: 5,
      idle_timeout: 60,
      max_lifetime: null,
      // the look-up of types would run outside any query: its fault would be nobody's, and end the process
      fetch_types: false,
      onnotice: () => {},
      onclose: onClose,
      connection: {
        application_name: config.applicationName,
        statement_timeout: statementTimeoutMs,
        TimeZone: "UTC",
      },
      types,
    });
  const connections = createConnections(open, {
    max: config.poolMax ?? 8,
    answerLimitMs: statementTimeoutMs + answerGraceMs,
  });
  return {
    kysely: new Kysely<Tables>({ dialect: poolDialect(connections) }),
    close: connections.close,
  };
}

/** Types by their numbers in pg_type; an array has one of its own. */
const types = {
  int8: { to: 20, from: [20], serialize: String, parse: safeInteger },
  instant: {
    to: 1184,
    from: [1114, 1184],
    serialize: (value: string | Date) =>
      typeof value === "string" ? value : value.toISOString(),
    parse: (text: string) => new Date(text).toISOString(),
  },
  int2s: arrayType(1005, Number),
  int4s: arrayType(1007, Number),
  int8s: arrayType(1016, safeInteger),
  texts: arrayType(1009, String),
};

/** One-dimensional arrays without nulls: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO */
function arrayType<Item>(number: number, parseItem: (text: string) => Item) {
  return {
    to: number,
    from: [number],
    serialize: (items: readonly Item[]) =>
      `{${items.map((item) => `"${String(item).replace(/["\\]/g, "\\$&")}"`).join(",")}}`,
    parse: (text: string) =>
      [...text.matchAll(/"((?:[^"\\]|\\.)*)"|([^,{}]+)/gs)].map(
        ([, quoted, bare = ""]) =>
          parseItem(quoted?.replace(/\\(.)/gs, "$1") ?? bare),
      ),
  };
}

/** Long enough for an index on a large table. */
const scriptLimitMs = 10 * 60_000;
/** What waits to change a table has everybody else wait behind it. */
const lockLimitMs = 10_000;

/**
 * One script, of several statements in one implicit transaction or of one whose rows come back. Throws 55P03 when
 * others hold a lock that it needs for longer than 10 s: nothing of it was done, it may be run again.
 */
export async function runScript(
  url: string,
  script: string,
): Promise<Record<string, unknown>[]> {
  const connection = postgres(url, {
    max: 1,
    connect_timeout: 5,
    onnotice: () => {},
    connection: {
      statement_timeout: scriptLimitMs,
      lock_timeout: lockLimitMs,
    },
  });
  try {
    return [...(await connection.unsafe(script).simple())];
  } finally {
    await connection.end({ timeout: 5 });
  }
}

/** Runs SQL that was compiled once, with fresh parameters. */
export async function runCompiled<Row>(
  db: Kysely<never> | Kysely<unknown>,
  compiled: { readonly sql: string; readonly parameters: readonly unknown[] },
): Promise<Row[]> {
  const result = await (db as Kysely<unknown>).executeQuery<Row>(
    CompiledQuery.raw(compiled.sql, [...compiled.parameters]),
  );
  return result.rows;
}

const connectionLossCodes = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECT_TIMEOUT",
  "POOL_OVERLOADED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ANSWER_TIMEOUT",
  "57P01", // admin_shutdown: the backend was terminated
  "57P02",
  "57P03", // cannot_connect_now: starting up or shutting down
  "53300", // too_many_connections
]);

/** The database could not be asked, or its answer got lost: whether a statement took effect is not known. */
export function isConnectionLoss(error: unknown): boolean {
  return (
    connectionLossCodes.has(errorCode(error)) ||
    /^08/.test(errorCode(error)) ||
    isSystemError(error)
  );
}

/** A fault of the network or the look-up of a name, as the operating system reports it. */
function isSystemError(error: unknown): boolean {
  return typeof error === "object" && error !== null && "syscall" in error;
}

/** The database chose this statement as the victim; sent again it works. */
export function isTransient(error: unknown): boolean {
  return ["40P01", "40001", "55P03"].includes(errorCode(error));
}

/**
 * True for any fault that will pass by itself when the database is well again: time limits, full disks, a standby
 * that was not promoted yet (25006), a password (28) or a database (3D) that the server does not have yet included.
 */
export function isDatabaseFault(error: unknown): boolean {
  return (
    isConnectionLoss(error) ||
    isTransient(error) ||
    /^(25006|28|3D|57|53|58|XX)/.test(errorCode(error))
  );
}

export function errorCode(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error
    ? String(error.code)
    : "";
}

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new RangeError(`int8 ${text} does not fit a safe integer`);
  return value;
}

function poolDialect(connections: Connections): Dialect {
  const connection: DatabaseConnection = {
    async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
      const rows = await connections.run(query.sql, query.parameters);
      return {
        rows: rows as unknown as Row[],
        numAffectedRows: BigInt(rows.count ?? 0),
      };
    },
    // oxlint-disable-next-line require-yield -- Kysely asks for the method; nothing here streams
    async *streamQuery() {
      throw new Error(
        "Streaming is not offered: page through the rows instead",
      );
    },
  };
  const refuse = () =>
    Promise.reject(
      new Error(
        "Transactions are not offered: save with one statement instead",
      ),
    );
  return {
    createAdapter: () => new PostgresAdapter(),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createDriver: () => ({
      init: async () => {},
      acquireConnection: async () => connection,
      releaseConnection: async () => {},
      beginTransaction: refuse,
      commitTransaction: refuse,
      rollbackTransaction: refuse,
      destroy: async () => {},
    }),
  };
}
