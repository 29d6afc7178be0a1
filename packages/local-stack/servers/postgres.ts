// Runs a PostgreSQL server in one folder. It uses UTF-8 with PostgreSQL's built-in locale, so the
// system's locale has no effect; fsync stays on.
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { spawnChild, type Child } from "../supervise/child.ts";
import { endLeftoverServer } from "./leftover_servers.ts";
import { postgresBinDir, postgresMajorVersion } from "./postgres_binaries.ts";
import { postgresUser, type OsUser } from "./postgres_user.ts";
import { causeOfDeath } from "../supervise/start_failure.ts";
import { untilUp } from "../supervise/until_up.ts";
import { UserError } from "../terminal/user_error.ts";

export type PostgresOptions = {
  /** The server's user must be able to enter it; see `postgres_user.ts`. */
  readonly dataDir: string;
  readonly port: number;
  readonly password: string;
  readonly connectionsMax?: number;
  readonly onLine?: (line: string) => void;
};

export type PostgresServer = Child & {
  readonly port: number;
  /** The superuser's URL of the maintenance database. */
  readonly url: string;
};

/** How long a start waits for the sessions of a killed server to end. */
const heldForMs = 60_000;

/**
 * Creates the cluster on first use, ends a server that a killed start left in the folder, and
 * resolves when the new server accepts queries.
 * @throws Error with the cause from the server's output when it does not start
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { dataDir, port, password } = options;
  const binDir = postgresBinDir();
  const user = postgresUser();
  if (!existsSync(join(dataDir, "PG_VERSION"))) {
    await createCluster(binDir, { dataDir, password, user });
  }
  mustBeVersion(dataDir, postgresMajorVersion());
  await endLeftoverServer(dataDir);
  const server = () =>
    spawnChild(serverCommand(binDir, options), {
      env: serverEnvironment,
      user,
      // "Fast shutdown": ends sessions, writes a checkpoint.
      stopSignal: "SIGINT",
      stopWithinMs: 20_000,
      onLine: options.onLine,
    });
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const heldUntil = performance.now() + heldForMs;
  for (;;) {
    const child = server();
    try {
      await untilReady(url, { child, dataDir });
      return { ...child, port, url };
    } catch (error) {
      await child.kill();
      // Sessions of a killed server keep its shared memory until they notice its end.
      const held = child.lastLines().some((line) => line.includes(stillHeld));
      if (!held || performance.now() > heldUntil) throw error;
      await Bun.sleep(200);
    }
  }
}

/** PostgreSQL neither starts on a cluster of another major version nor upgrades it. */
function mustBeVersion(dataDir: string, ours: string): void {
  const theirs = readFileSync(join(dataDir, "PG_VERSION"), "utf8").trim();
  if (theirs === ours) return;
  throw new UserError(
    `The PostgreSQL cluster in ${dataDir} was created by PostgreSQL ${theirs}, and this PayFlow uses ${ours}: start it with the PayFlow that created it and export its data by pg_dump, or run bun run reset to begin with empty data.`,
  );
}

const stillHeld = "pre-existing shared memory block";

function serverCommand(binDir: string, options: PostgresOptions): string[] {
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: options.connectionsMax ?? 200,
    timezone: "UTC",
    log_timezone: "UTC",
    // rows and statements contain personal data, so the log must not show them
    log_error_verbosity: "terse",
    log_min_error_statement: "panic",
  };
  return [
    join(binDir, "postgres"),
    "-D",
    options.dataDir,
    "-p",
    String(options.port),
    ...Object.entries(settings).flatMap(([k, v]) => ["-c", `${k}=${v}`]),
  ];
}

const serverEnvironment = { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" };

async function createCluster(
  binDir: string,
  options: {
    dataDir: string;
    password: string;
    user: OsUser | undefined;
  },
): Promise<void> {
  const { dataDir, password, user } = options;
  // Renamed when complete, so that a killed initdb leaves no invalid cluster.
  const half = `${dataDir}.half`;
  const passwordFile = `${dataDir}.password`;
  rmSync(half, { recursive: true, force: true });
  mkdirSync(dirname(dataDir), { recursive: true });
  mkdirSync(half, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) {
    chmodSync(dirname(dataDir), 0o755);
    chownSync(half, user.uid, user.gid);
    chownSync(passwordFile, user.uid, user.gid);
  }
  const child = spawnChild(
    [
      join(binDir, "initdb"),
      `--pgdata=${half}`,
      "--username=postgres",
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
    ],
    { env: serverEnvironment, user, stopWithinMs: 1_000 },
  );
  const code = await child.exited;
  rmSync(passwordFile, { force: true });
  if (code !== 0) {
    rmSync(half, { recursive: true, force: true });
    throw new UserError(
      `The PostgreSQL cluster in ${dataDir} could not be created: ${causeOfDeath(child, code)}`,
    );
  }
  renameSync(half, dataDir);
}

async function untilReady(
  url: string,
  { child, dataDir }: { child: Child; dataDir: string },
): Promise<void> {
  const { default: postgres } = await import("postgres");
  const end = await untilUp(child, async () => {
    // A new connection each time, because the driver's own retries back off for too long.
    const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice() {} });
    try {
      const [row] = await sql<{ encoding: string }[]>`
        select current_setting('server_encoding') as encoding`;
      if (row?.encoding === "UTF8") return "up";
      throw new UserError(
        `The PostgreSQL cluster stores ${row?.encoding} instead of UTF8: run bun run reset to make a new one.`,
      );
    } catch (error) {
      const { code = "" } = error as { code?: string };
      if (code === wrongPassword) {
        throw new UserError(
          `The PostgreSQL cluster in ${dataDir} has another password than this data folder's secrets.json: restore that file, or run bun run reset to begin with empty data.`,
          { cause: error },
        );
      }
      if (code === startingUp) return "alive";
      if (notYetThere.includes(code)) return "silent";
      throw error;
    } finally {
      await sql.end({ timeout: 1 });
    }
  });
  if (end === "up") return;
  throw new UserError(`PostgreSQL did not start on ${dataDir}: ${causeOfDeath(child, end)}`);
}

const wrongPassword = "28P01";
/** For example while it replays its WAL. */
const startingUp = "57P03";
const notYetThere = ["ECONNREFUSED", "ECONNRESET", "CONNECTION_CLOSED", "CONNECT_TIMEOUT"];
