import { escapeUnseen } from "../text.ts";
import { createLog, type Logger } from "./log.ts";
import { ConfigError, readSettings, serviceSettings, type Environment } from "./config.ts";
import { errorFields } from "./error_fields.ts";
import { migrate, pause, StartError, within, type Migration } from "@payflow/database";

/** Requests under way get this long to end before connections are closed. */
const requestsLimitMs = 5_000;
/** Loops end at their next step; what a longer step was at is found by its rows. */
const stopLimitMs = 20_000;

export type Service = {
  readonly fetch: (request: Request, server: Bun.Server<undefined>) => Response | Promise<Response>;
  start(): Promise<void>;
  /** From now on it is not ready, but answers as before. */
  drain(): void;
  stop(): Promise<void>;
};

/**
 * Runs a service until SIGTERM or SIGINT: starts its loops, listens, and in the end stops both in order. After SIGTERM
 * it is not ready, but takes requests for `drainMs`, until whoever sends them has noticed; SIGINT, or a second signal,
 * goes on at once. Exits with 1 when the configuration has faults or a part does not start.
 */
export async function serve(options: {
  readonly name: string;
  readonly log: Logger;
  readonly port: number;
  readonly hostname: string;
  readonly drainMs: number;
  readonly create: () => Promise<Service> | Service;
}): Promise<void> {
  const { log, name, drainMs } = options;
  endsByUncaught(log);
  const service = await options.create();
  await service.start();
  const draining = new AbortController();
  const server = listen(service, { ...options, draining: draining.signal });

  const hurry = new AbortController();
  let stopping: Promise<void> | undefined;
  const stop = (signal: string) => {
    if (stopping !== undefined || signal === "SIGINT") hurry.abort();
    stopping ??= (async () => {
      log.info({ signal }, `${name} stops`);
      draining.abort();
      service.drain();
      await pause(drainMs, hurry.signal);
      await Promise.race([server.stop(), Bun.sleep(requestsLimitMs)]);
      await server.stop(true);
      await within(service.stop(), stopLimitMs);
      process.exit(0);
    })().catch((error: unknown) => {
      log.error({ err: error }, `${name} did not stop in order`);
      process.exit(1);
    });
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  // last: whoever reads this may send a signal at once
  log.info({ port: server.port }, `${name} is ready`);
}

/**
 * The whole of a service's main file: reads the environment, then runs the service until a signal. With MIGRATE=only it
 * migrates the database and ends, and needs no other setting than DATABASE_URL.
 */
export function runService<
  Config extends { port: number; hostname: string; drainMs: number; logLevel: string },
>(
  name: string,
  read: (env: Environment) => Config,
  create: (config: Config, options: { readonly log: Logger }) => Promise<Service>,
  readMigrations: () => Promise<Migration[]>,
): Promise<void> {
  return main(async () => {
    if (process.env["MIGRATE"] === "only") {
      const { databaseUrl } = serviceSettings;
      const settings = readSettings({ databaseUrl }, process.env);
      const log = createLog(name, "info");
      await migrate(settings.databaseUrl, await readMigrations(), { log });
      log.info(`${name}'s database is migrated`);
      return;
    }
    const config = read(process.env);
    const log = createLog(name, config.logLevel);
    await serve({ ...config, name, log, create: () => create(config, { log }) });
  });
}

/** Opens the port, for a service or a test of how it meets what comes over a socket. */
export function listen(
  service: Pick<Service, "fetch">,
  options: { readonly port: number; readonly hostname: string; readonly draining?: AbortSignal },
): Bun.Server<undefined> {
  const { port, hostname, draining } = options;
  return Bun.serve({
    port,
    hostname,
    // an error that no route has met is answered without a page that shows its stack
    development: false,
    // 0 would let a silent client hold a connection for ever; SSE writes more often than this
    idleTimeout: 60,
    // far above what any route takes: routes refuse by a problem document without reading on, Bun by a bare 413
    maxRequestBodySize: 128 * 1024 * 1024,
    async fetch(request, server) {
      const response = await service.fetch(request, server);
      if (!draining?.aborted) return response;
      // whoever keeps connections would send the next request on one that closes meanwhile
      const last = new Response(response.body, response);
      last.headers.set("Connection", "close");
      return last;
    },
    error: () => new Response(null, { status: 500 }),
  });
}

/** Runs a process's main function; an argument is refused, and a fault at start is one clear line. */
export async function main(
  run: () => Promise<void>,
  words: readonly string[] = process.argv.slice(2),
): Promise<void> {
  if (words.length > 0) {
    console.error(
      "A service takes no arguments: environment variables set it up, and .env.example explains them.",
    );
    process.exit(words.includes("--help") || words.includes("-h") ? 0 : 2);
  }
  try {
    await run();
  } catch (error) {
    if (error instanceof ConfigError || error instanceof StartError)
      console.error(error.message.split("\n").map(escapeUnseen).join("\n"));
    else console.error("Cannot start:", JSON.stringify(errorFields(error)));
    process.exit(1);
  }
}

/** Bun would print every field of an error that nobody has caught, rows of the database among them. */
function endsByUncaught(log: Logger): void {
  for (const name of ["uncaughtException", "unhandledRejection"])
    process.on(name, (error: unknown) => {
      log.fatal({ err: error }, "ended by an error that nobody caught");
      process.exit(1);
    });
}
