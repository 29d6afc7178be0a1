import { errorCode, faultOf, isRefusedBySession, isSessionFault } from "./database_faults.ts";
import { within } from "./pause.ts";
import type { Rows, Session } from "./session.ts";

/** Opens a connection. It calls `onClose` when it must not be used again, also while it is idle. */
type OpenConnection = (onClose: () => void) => Pick<Session, "run" | "end">;

type Connection = {
  readonly session: ReturnType<OpenConnection>;
  readonly openedAtMs: number;
  readonly endsAtMs: number;
  isRetired: boolean;
  idleTimer?: ReturnType<typeof setTimeout>;
};

export type Connections = ReturnType<typeof createConnections>;

/** Several seconds of work for a pool: a longer queue only delays the error. */
const queueMax = 10_000;
/**
 * After a failover, DNS or a proxy leads to another server, and an old connection keeps reading from the demoted one. Each
 * connection's life has a random part, so that a pool does not reopen all of them at once.
 */
const defaultLifeMs = 10 * 60_000;
const idleMs = 60_000;
/** A connection that is younger than this is not replaced for a read-only error: a new one would get the same error. */
const freshMs = 1_000;

/**
 * A pool that runs one statement at a time on each connection, and discards a connection after the first error that the
 * statement itself did not cause. The pool of postgres.js is not used: it reuses a connection after its socket died, and
 * when backends are killed under load some of its queries never get a response (docs/adr/0003-one-statement-saves.md).
 * A statement that PostgreSQL rejected because of the session is retried once, on a new connection.
 * A statement without a response for `answerLimitMs` fails with code ANSWER_TIMEOUT.
 */
export function createConnections(
  open: OpenConnection,
  limits: {
    readonly max: number;
    readonly answerLimitMs: number;
    /** A connection is closed at a random time in the second half of this. */
    readonly lifeMs?: number | undefined;
  },
) {
  const { max, answerLimitMs, lifeMs = defaultLifeMs } = limits;
  const idle = new Set<Connection>();
  const waiting = new Set<PromiseWithResolvers<Connection>>();
  const all = new Set<Connection>();
  let closing = false;

  function connect(): Connection {
    const openedAtMs = performance.now();
    const connection: Connection = {
      openedAtMs,
      endsAtMs: openedAtMs + (lifeMs / 2) * (1 + Math.random()),
      isRetired: false,
      session: open(() => retire(connection)),
    };
    all.add(connection);
    return connection;
  }

  function retire(connection: Connection): void {
    connection.isRetired = true;
    if (idle.has(connection)) discard(connection);
  }

  function discard(connection: Connection): void {
    leaveIdle(connection);
    if (!all.delete(connection)) return;
    void connection.session.end();
    takeFirst(waiting)?.resolve(connect());
  }

  function leaveIdle(connection: Connection): void {
    idle.delete(connection);
    clearTimeout(connection.idleTimer);
  }

  function giveBack(connection: Connection): void {
    const leftMs = connection.endsAtMs - performance.now();
    if (connection.isRetired || closing || leftMs <= 0) return discard(connection);
    const next = takeFirst(waiting);
    if (next !== undefined) return next.resolve(connection);
    idle.add(connection);
    connection.idleTimer = setTimeout(() => discard(connection), Math.min(idleMs, leftMs));
    connection.idleTimer.unref();
  }

  async function take(): Promise<Connection> {
    if (closing) throw closedFault();
    const free = takeFirst(idle);
    clearTimeout(free?.idleTimer);
    if (free !== undefined) return free;
    if (all.size < max) return connect();
    if (waiting.size >= queueMax)
      throw faultOf("POOL_OVERLOADED", "Too many wait for a connection");
    const entry = Promise.withResolvers<Connection>();
    waiting.add(entry);
    return answerWithin(entry.promise, answerLimitMs).finally(() => waiting.delete(entry));
  }

  /** Returns the connection to the pool or discards it. True: the statement may succeed on another connection. */
  function judge(connection: Connection, error: unknown): boolean {
    const isReadOnly = errorCode(error) === "25006";
    const isFresh = performance.now() - connection.openedAtMs < freshMs;
    if (!isSessionFault(error) || (isReadOnly && isFresh)) {
      giveBack(connection);
      return false;
    }
    // after a failover, the other connections lead to the demoted server too
    if (isReadOnly) for (const other of [...all]) retire(other);
    discard(connection);
    return isRefusedBySession(error);
  }

  return {
    /** Runs one statement on a free connection. */
    async run(text: string, parameters: readonly unknown[]): Promise<Rows> {
      for (let isRepeat = false; ; isRepeat = true) {
        const connection = await take();
        try {
          const rows = await answerWithin(connection.session.run(text, parameters), answerLimitMs);
          giveBack(connection);
          return rows;
        } catch (error) {
          if (!judge(connection, error) || isRepeat) throw error;
        }
      }
    },
    /** How full the pool is. */
    state: () => ({ size: max, taken: all.size - idle.size, waiting: waiting.size }),
    async close(): Promise<void> {
      closing = true;
      for (const entry of waiting) entry.reject(closedFault());
      const last = [...all];
      all.clear();
      last.forEach(leaveIdle);
      await Promise.all(last.map(({ session }) => session.end(5_000)));
    },
  };
}

const closedFault = () =>
  faultOf("CONNECTION_ENDED", "The pool of PostgreSQL connections is closed");

function takeFirst<T>(set: Set<T>): T | undefined {
  const [first] = set;
  if (first !== undefined) set.delete(first);
  return first;
}

/** Rejects with code ANSWER_TIMEOUT when there is no response in time. */
export function answerWithin<T>(pending: PromiseLike<T>, limitMs: number): Promise<T> {
  const message = `PostgreSQL gave no answer within ${limitMs} ms`;
  return within(pending, limitMs, () => faultOf("ANSWER_TIMEOUT", message));
}
