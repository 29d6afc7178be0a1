import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from "kysely";
import type { CompiledQuery, DatabaseConnection, Dialect } from "kysely";
import { createConnections, type Connections } from "./connections.ts";
import { parseDatabaseAddress } from "./database_address.ts";
import { openSession } from "./session.ts";

export type DatabaseConfig = {
  readonly url: string;
  readonly applicationName: string;
  /** Connections at most; few are enough, since saves are batched. */
  readonly poolMax?: number;
  /** The server ends a statement after this long. */
  readonly statementTimeoutMs?: number;
  /** A connection's longest life. */
  readonly connectionLifeMs?: number;
};

export type Database = ReturnType<typeof openDatabase>;

/** Waits so much longer than the server's statement_timeout: a dead server may leave its sockets open. */
const answerGraceMs = 2_000;

/**
 * Opens a pool. Every query is one statement on any free connection, without transactions, on purpose
 * (docs/adr/0003-one-statement-saves.md). Times come back as ISO 8601 text in UTC, int8 as a safe integer.
 */
export function openDatabase(config: DatabaseConfig) {
  const address = parseDatabaseAddress(config.url);
  const statementLimitMs = config.statementTimeoutMs ?? 10_000;
  const applicationName = address.applicationName ?? config.applicationName;
  const session = { address, applicationName, statementLimitMs, types };
  const connections = createConnections((onClose) => openSession({ ...session, onClose }), {
    max: config.poolMax ?? address.connectionsMax ?? 8,
    answerLimitMs: statementLimitMs + answerGraceMs,
    lifeMs: config.connectionLifeMs,
  });
  return {
    kysely: new Kysely<never>({ dialect: poolDialect(connections) }),
    /** How many connections are in use, and how many callers wait. */
    pool: connections.state,
    close: connections.close,
  };
}

/** By oid of pg_type. */
const types = {
  int8: { to: 20, from: [20], serialize: String, parse: safeInteger },
  instant: {
    to: 1184,
    from: [1114, 1184],
    serialize: (value: string | Date) => (typeof value === "string" ? value : value.toISOString()),
    parse: (text: string) => new Date(text).toISOString(),
  },
  integers: arrayType([1005, 1007, 1016], safeInteger),
  texts: arrayType([1009], String),
};

/** One-dimensional arrays without nulls: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO */
function arrayType<Item>(from: number[], parseItem: (text: string) => Item) {
  return {
    to: from[0] as number,
    from,
    serialize: (items: readonly Item[]) => arrayLiteral(items),
    parse: (text: string) =>
      [...text.matchAll(/"((?:[^"\\]|\\.)*)"|([^,{}]+)/gs)].map(([, quoted, bare = ""]) =>
        parseItem(quoted?.replace(/\\(.)/gs, "$1") ?? bare),
      ),
  };
}

/** An array of texts and numbers as PostgreSQL reads it. */
export function arrayLiteral(values: readonly unknown[]): string {
  const json = JSON.stringify(values);
  // JSON has the same form but for the brackets, and is much faster; its other escapes mean plain letters to PostgreSQL
  if (!/\\[^"\\]/.test(json)) return `{${json.slice(1, -1)}}`;
  const quoted = (value: unknown) => `"${String(value).replaceAll(/["\\]/g, "\\$&")}"`;
  return `{${values.map((value) => ((value ?? null) === null ? "null" : quoted(value))).join(",")}}`;
}

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new RangeError(`int8 ${text} does not fit a safe integer`);
  return value;
}

function poolDialect(connections: Connections): Dialect {
  const connection: DatabaseConnection = {
    async executeQuery<Row>({ sql, parameters }: CompiledQuery) {
      const rows = await connections.run(sql, parameters);
      return { rows: rows as unknown as Row[], numAffectedRows: BigInt(rows.count ?? 0) };
    },
    streamQuery() {
      throw new Error("Streaming is not offered: page through the rows instead");
    },
  };
  const driver = {
    acquireConnection: async () => connection,
    async beginTransaction() {
      throw new Error("Transactions are not offered: save with one statement instead");
    },
  };
  return {
    createAdapter: () => new PostgresAdapter(),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createDriver: () => Object.assign(new DummyDriver(), driver),
  };
}
