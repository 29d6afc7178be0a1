import { escapeUnseen } from "../text.ts";
import { createLog, type Logger } from "./log.ts";
import { ConfigError, readSettings, serviceSettings, type Environment } from "./config.ts";
import { errorFields } from "./error_fields.ts";
import { migrate, pause, StartError, within, type Migration } from "@payflow/database";

/** How long running requests may take to end before connections are closed. */
const requestsLimitMs = 5_000;
/** Workers end after their current step. A step that takes longer is cut off; its rows let it resume later. */
const stopLimitMs = 20_000;

export type Service = {
  readonly fetch: (request: Request, server: Bun.Server<undefined>) => Response | Promise<Response>;
  start(): Promise<void>;
  /** Makes readiness fail; requests are served as before. */
  drain(): void;
  stop(): Promise<void>;
};

/**
 * Runs a service until SIGTERM or SIGINT: starts its workers, listens, and finally stops both in order. After SIGTERM
 * readiness fails, but requests are served for `drainMs`, until load balancers have noticed; SIGINT or a second signal
 * ends that wait. Exits with 1 when stopping fails; throws when the service does not start.
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
      log.error({ err: error }, `${name} did not stop cleanly`);
      process.exit(1);
    });
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  // logged last: a reader of this line may send a signal at once
  log.info({ port: server.port }, `${name} is ready`);
}

/**
 * A service's main function: reads the environment, then runs the service until a signal. With MIGRATE=only it migrates
 * the database and ends; it then needs no other setting than DATABASE_URL.
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

/** Opens the port of a service, or of a test of the HTTP server. */
export function listen(
  service: Pick<Service, "fetch">,
  options: { readonly port: number; readonly hostname: string; readonly draining?: AbortSignal },
): Bun.Server<undefined> {
  const { port, hostname, draining } = options;
  return Bun.serve({
    port,
    hostname,
    // without Bun's error page, which shows the stack
    development: false,
    // seconds; 0 would let an idle client hold a connection for ever; SSE writes more often
    idleTimeout: 60,
    // far above each route's limit: routes refuse with a problem document, Bun with a bare 413
    maxRequestBodySize: 128 * 1024 * 1024,
    async fetch(request, server) {
      const response = await service.fetch(request, server);
      if (!draining?.aborted) return response;
      // otherwise a client could send its next request on a kept connection while it closes
      const last = new Response(response.body, response);
      last.headers.set("Connection", "close");
      return last;
    },
    error: () => new Response(null, { status: 500 }),
  });
}

/** Runs a process's main function. Refuses arguments, and prints errors at start as one clear line. */
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

/** Logs uncaught errors itself: Bun would print all their fields, which may include rows of the database. */
function endsByUncaught(log: Logger): void {
  for (const name of ["uncaughtException", "unhandledRejection"])
    process.on(name, (error: unknown) => {
      log.fatal({ err: error }, "ended by an uncaught error");
      process.exit(1);
    });
}
