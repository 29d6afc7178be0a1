import type { Logger } from "./log.ts";
import { ConfigError } from "./config.ts";
import { StartError } from "./start_error.ts";

/** Requests under way get this long to end before connections are closed. */
const drainMs = 5_000;

export type Service = {
  readonly fetch: (
    request: Request,
    server: Bun.Server<undefined>,
  ) => Response | Promise<Response>;
  start(): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Runs a service until SIGTERM or SIGINT: starts its loops, listens, and in the end stops both in order. Exits with 1
 * when the configuration has faults or a part does not start.
 */
export async function serve(options: {
  readonly name: string;
  readonly log: Logger;
  readonly port: number;
  readonly hostname: string;
  readonly create: () => Promise<Service> | Service;
}): Promise<void> {
  const { log, name } = options;
  const service = await options.create();
  await service.start();
  const server = listen(service, options);
  log.info({ port: server.port }, `${name} is ready`);

  let stopping: Promise<void> | undefined;
  const stop = (signal: string) => {
    stopping ??= (async () => {
      log.info({ signal }, `${name} stops`);
      await Promise.race([server.stop(), Bun.sleep(drainMs)]);
      await server.stop(true);
      await service.stop();
      process.exit(0);
    })().catch((error: unknown) => {
      log.error({ err: error }, `${name} did not stop in order`);
      process.exit(1);
    });
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

/** Opens the port, for a service or a test of how it meets what comes over a socket. */
export function listen(
  service: Pick<Service, "fetch">,
  { port, hostname }: { readonly port: number; readonly hostname: string },
): Bun.Server<undefined> {
  return Bun.serve({
    ...{ port, hostname },
    // an error that no route has met is answered without a page that shows its stack
    development: false,
    // 0 would let a silent client hold a connection for ever; SSE writes more often than this
    idleTimeout: 60,
    // far above what any route takes: routes refuse by a problem document without reading on, Bun by a bare 413
    maxRequestBodySize: 128 * 1024 * 1024,
    fetch: (request, server) => service.fetch(request, server),
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
      console.error(error.message);
    else console.error("Cannot start:", error);
    process.exit(1);
  }
}
