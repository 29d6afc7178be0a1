import type postgres from "postgres";

/** One connection to PostgreSQL; `onClose` tells that its socket has closed, also while nothing runs on it. */
export type OpenConnection = (onClose: () => void) => postgres.Sql;

export type Connections = {
  /** Runs one statement on a free connection. */
  run(
    text: string,
    parameters: readonly unknown[],
  ): Promise<postgres.RowList<postgres.Row[]>>;
  close(): Promise<void>;
};

type Connection = { readonly sql: postgres.Sql; isClosed: boolean };
type Waiting = {
  readonly resolve: (connection: Connection) => void;
  readonly reject: (error: unknown) => void;
};

/** Seconds of work for a pool; whoever comes later is better told to come again. */
const queueMax = 10_000;

/**
 * A pool that runs one statement at a time on each connection and throws a connection away after its first fault.
 * Not postgres.js's own pool: that one uses a connection again after its socket died, and when backends are killed
 * under load some of its queries are never answered (docs/adr/0003-one-statement-saves.md).
 * A statement without an answer for `answerLimitMs` fails with code ANSWER_TIMEOUT.
 */
export function createConnections(
  open: OpenConnection,
  limits: { readonly max: number; readonly answerLimitMs: number },
): Connections {
  const idle = new Set<Connection>();
  const waiting = new Set<Waiting>();
  const all = new Set<Connection>();
  let closing = false;

  function connect(): Connection {
    const connection: Connection = {
      isClosed: false,
      sql: open(() => {
        connection.isClosed = true;
        if (idle.has(connection)) discard(connection);
      }),
    };
    all.add(connection);
    return connection;
  }

  function discard(connection: Connection): void {
    idle.delete(connection);
    if (!all.delete(connection)) return;
    connection.sql.end({ timeout: 0 }).catch(() => {});
    const next = first(waiting);
    if (next === undefined) return;
    waiting.delete(next);
    next.resolve(connect());
  }

  function giveBack(connection: Connection): void {
    const next = first(waiting);
    if (connection.isClosed || closing) discard(connection);
    else if (next === undefined) idle.add(connection);
    else {
      waiting.delete(next);
      next.resolve(connection);
    }
  }

  function take(): Promise<Connection> {
    if (closing) return Promise.reject(fault("CONNECTION_ENDED", "is closed"));
    const free = first(idle);
    if (free !== undefined) {
      idle.delete(free);
      return Promise.resolve(free);
    }
    if (all.size < limits.max) return Promise.resolve(connect());
    if (waiting.size >= queueMax)
      return Promise.reject(fault("POOL_OVERLOADED", "has too many waiting"));
    const { promise, resolve, reject } = Promise.withResolvers<Connection>();
    const entry = { resolve, reject };
    waiting.add(entry);
    return within(promise, limits.answerLimitMs).catch((error: unknown) => {
      waiting.delete(entry);
      throw error;
    });
  }

  return {
    async run(text, parameters) {
      const connection = await take();
      try {
        const rows = await within(
          connection.sql.unsafe(
            text,
            parameters as postgres.ParameterOrJSON<never>[],
            {
              prepare: true,
            },
          ),
          limits.answerLimitMs,
        );
        giveBack(connection);
        return rows;
      } catch (error) {
        // an error that PostgreSQL gave for the statement leaves the connection well
        if (isStatementError(error)) giveBack(connection);
        else discard(connection);
        throw error;
      }
    },
    async close() {
      closing = true;
      for (const entry of waiting)
        entry.reject(fault("CONNECTION_ENDED", "is closed"));
      waiting.clear();
      await Promise.all(
        [...all].map((connection) => connection.sql.end({ timeout: 5 })),
      );
      all.clear();
      idle.clear();
    },
  };
}

/** SQLSTATE has five characters; those of these classes speak of the connection or the server. */
function isStatementError(error: unknown): boolean {
  const { name, code = "" } = error as { name?: string; code?: string };
  return name === "PostgresError" && !/^(08|57P|XX)/.test(code);
}

function first<T>(set: ReadonlySet<T>): T | undefined {
  return set.values().next().value;
}

function fault(code: string, what: string): Error {
  return Object.assign(
    new Error(`The pool of PostgreSQL connections ${what}`),
    {
      code,
    },
  );
}

async function within<T>(pending: PromiseLike<T>, limitMs: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`PostgreSQL gave no answer within ${limitMs} ms`);
      reject(Object.assign(error, { code: "ANSWER_TIMEOUT" }));
    }, limitMs);
  });
  try {
    return await Promise.race([pending, limit]);
  } finally {
    clearTimeout(timer);
  }
}
