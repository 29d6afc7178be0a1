// One connection to PostgreSQL: its socket, TLS, and the settings of the session before its first statement. It never
// reconnects: when it ends, its owner opens another one.
import { once } from "node:events";
import { connect, isIP, type Socket } from "node:net";
import postgres from "postgres";
import type { DatabaseAddress } from "./database_address.ts";
import { faultOf } from "./database_faults.ts";
import { within } from "./pause.ts";

export type Rows = postgres.RowList<postgres.Row[]>;
export type Session = ReturnType<typeof openSession>;

export type SessionOptions = {
  readonly address: DatabaseAddress;
  readonly applicationName: string;
  /** A statement is ended after this long. */
  readonly statementLimitMs: number;
  readonly types?: Record<string, postgres.PostgresType>;
  /** Called when the connection closes or must not be used again, also while it is idle. */
  readonly onClose?: () => void;
  readonly onNotice?: (notice: postgres.Notice) => void;
};

type Host = DatabaseAddress["hosts"][number];
type Backend = { readonly pid: number; readonly secret: number };
type Wire = {
  readonly sql: postgres.Sql;
  readonly isPooled: boolean;
  readonly backend: Backend;
  readonly host: Host;
};

const connectLimitMs = 5_000;

/** All sessions of an address first try the host that accepted the last connection. */
const lastHosts = new WeakMap<DatabaseAddress, Host>();

export function openSession(options: SessionOptions) {
  const { address, statementLimitMs, onClose = () => {} } = options;
  const started: postgres.Sql[] = [];
  const sockets: Socket[] = [];
  let wire: Promise<Wire> | undefined;
  let ended = false;

  async function connectAny(): Promise<Wire> {
    const last = lastHosts.get(address);
    let fault: unknown = faultOf("CONNECTION_ENDED", "The connection was ended");
    for (const host of address.hosts.toSorted((a, b) => Number(b === last) - Number(a === last))) {
      if (ended) break;
      const sql = open(host);
      started.push(sql);
      try {
        const made = await settle(sql, host);
        lastHosts.set(address, host);
        return made;
      } catch (error) {
        fault = error;
        await end(sql, 0);
      }
    }
    throw fault;
  }

  function open(host: Host): postgres.Sql {
    const { database, user, password, tls } = address;
    return postgres({
      ...host,
      database,
      user,
      password,
      ssl: tlsOptions(host.host, tls),
      sslnegotiation: tls.isDirect ? "direct" : null,
      socket: oneSocket(host, address, sockets),
      max: 1,
      connect_timeout: connectTimeoutMs(address) / 1_000,
      // only its owner closes it: while postgres.js closes a connection itself, it accepts statements and never sends them
      idle_timeout: null,
      max_lifetime: null,
      // postgres.js looks up types outside any query: an error there has no caller, and would end the process
      fetch_types: false,
      onnotice: options.onNotice ?? (() => {}),
      onclose: onClose,
      // PgBouncer accepts these parameters, and refuses a connection with any other
      connection: {
        application_name: options.applicationName,
        TimeZone: "UTC",
        DateStyle: "ISO, MDY",
        options: address.options,
      },
      types: options.types ?? {},
    } as object);
  }

  /** Finds out whether a pooler is in between; without one, sets the session's settings. */
  async function settle(sql: postgres.Sql, host: Host): Promise<Wire> {
    const found = await sql.unsafe(
      `select pg_backend_pid() as pid, current_setting('transaction_read_only') as read_only`,
    );
    const backend = found.state as unknown as Backend;
    const { pid, read_only } = found[0] as postgres.Row;
    if ((address.mustWrite || address.hosts.length > 1) && read_only === "on")
      throw faultOf("25006", "This PostgreSQL server takes no writes");
    // a pooler sends its own backend key instead of the server's
    const isPooled = address.isPooled ?? pid !== backend.pid;
    // behind a pooler, the settings would stay on a server connection that other clients get
    if (!isPooled) await sql.unsafe(sessionSettings(statementLimitMs));
    return { sql, isPooled, backend, host };
  }

  const connected = () => (wire ??= connectAny());

  return {
    /** Runs one statement; the first one connects. */
    async run(text: string, parameters: readonly unknown[]): Promise<Rows> {
      const { sql, isPooled, backend, host } = await connected();
      const values = parameters as postgres.ParameterOrJSON<never>[];
      const answer = sql.unsafe(text, values, { prepare: !isPooled });
      if (!isPooled) return answer;
      const limit = setTimeout(() => {
        // a late cancel would hit the next statement, so the connection is retired first
        onClose();
        void cancel(backend, host);
      }, statementLimitMs);
      try {
        return await answer;
      } finally {
        clearTimeout(limit);
      }
    },
    /** Runs several statements without parameters as one implicit transaction. */
    async runScript(script: string): Promise<void> {
      const { sql } = await connected();
      await sql.unsafe(script).simple();
    },
    /** Closes the connection; a running statement gets `graceMs` to end. */
    async end(graceMs = 0): Promise<void> {
      ended = true;
      // without a connection there is no statement to wait for, but postgres.js would wait all the same
      const isMade = await within(Promise.resolve(wire), graceMs).then(Boolean, () => false);
      await Promise.all(started.map((sql) => end(sql, isMade ? graceMs : 0)));
      // a server that disappeared never responds to the closing message
      setTimeout(() => sockets.forEach((socket) => socket.destroy()), 1_000).unref();
    },
  };
}

/**
 * Settings for the whole session. A commit is acknowledged only after it is flushed to disk here and on a synchronous
 * standby, whatever the server, the database or the role sets. Without sequential and bitmap scans, a plan that was made
 * for a small table stays good when the table has grown (docs/adr/0021-one-plan.md).
 */
function sessionSettings(statementLimitMs: number): string {
  return `select set_config('statement_timeout', '${statementLimitMs}', false),
    set_config('enable_seqscan', 'off', false), set_config('enable_bitmapscan', 'off', false),
    set_config('jit', 'off', false), set_config('plan_cache_mode', 'force_generic_plan', false),
    set_config('synchronous_commit',
      case current_setting('synchronous_commit') when 'remote_apply' then 'remote_apply' else 'on' end, false)`;
}

function connectTimeoutMs(address: DatabaseAddress): number {
  return Math.min(address.connectTimeoutMs ?? connectLimitMs, 60_000);
}

/** Gives postgres.js one socket only: it would reconnect without a pause to a server that accepts and drops connections. */
function oneSocket(host: Host, address: DatabaseAddress, sockets: Socket[]) {
  let taken = false;
  return async (): Promise<Socket> => {
    if (taken) throw faultOf("CONNECTION_CLOSED", "PostgreSQL closed the connection");
    taken = true;
    const socket = await connectTo(host, connectTimeoutMs(address));
    sockets.push(socket);
    return socket;
  };
}

async function connectTo({ host, port }: Host, limitMs: number): Promise<Socket> {
  const socket = host.startsWith("/") ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
  // postgres.js reads the expected name of the server's certificate from here, and the address for its errors
  Object.assign(socket, { host, port });
  const signal = AbortSignal.timeout(limitMs);
  try {
    await once(socket, "connect", { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw signal.aborted ? faultOf("CONNECT_TIMEOUT", "PostgreSQL takes no connection") : error;
  }
}

/** https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS; best effort. */
async function cancel(backend: Backend, host: Host): Promise<void> {
  try {
    const socket = await connectTo(host, connectLimitMs);
    const message = Buffer.alloc(16);
    for (const [index, word] of [16, 80_877_102, backend.pid, backend.secret].entries())
      message.writeUInt32BE(word, 4 * index);
    socket.on("error", () => {});
    // the server closes the connection: PgBouncer 1.18 exits when the client closes first
    socket.write(message);
    socket.resume();
    setTimeout(() => socket.destroy(), connectLimitMs).unref();
  } catch {
    // then the server's statement_timeout or the closed connection ends the statement
  }
}

function end(sql: postgres.Sql, graceMs: number): Promise<void> {
  return sql.end({ timeout: graceMs / 1_000 }).catch(() => {});
}

function tlsOptions(host: string, { mode, ca, cert, key }: DatabaseAddress["tls"]): unknown {
  if (mode === "disable" || host.startsWith("/")) return false;
  if (mode === "prefer" && ca === undefined && cert === undefined) return "prefer";
  return {
    host,
    ca,
    cert,
    key,
    // as in libpq: with own root certificates, `require` verifies the chain too
    rejectUnauthorized: mode.startsWith("verify-") || ca !== undefined,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(mode === "verify-full" ? {} : { checkServerIdentity: () => undefined }),
  };
}
