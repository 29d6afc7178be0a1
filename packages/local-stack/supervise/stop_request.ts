import { runnersAbove, watchRunners } from "./runners.ts";

/**
 * Ctrl-C in a terminal under npx arrives twice within a millisecond; a user
 * who really means it again is slower.
 */
const sameRequestWithinMs = 1_000;

export type StopRequest = {
  /** Resolves with the reason when a stop is requested. */
  readonly requested: Promise<string>;
  /** Resolves when it is requested again, a second later or more: at once, then. */
  readonly requestedAgain: Promise<void>;
};

/** Listens for SIGINT, SIGTERM, SIGHUP and the end of npx above us. */
export function listenForStop(): StopRequest {
  const requested = Promise.withResolvers<string>();
  const again = Promise.withResolvers<void>();
  let firstAt: number | undefined;
  const request = (reason: string) => {
    firstAt ??= performance.now();
    if (performance.now() - firstAt > sameRequestWithinMs) again.resolve();
    requested.resolve(reason);
  };
  process.on("SIGINT", () => request("Ctrl-C"));
  process.on("SIGTERM", () => request("SIGTERM"));
  process.on("SIGHUP", () => request("the terminal was closed"));
  const watch = watchRunners(runnersAbove(process.pid), () =>
    request("the program that started PayFlow has ended"),
  );
  void requested.promise.then(() => watch.stop());
  return { requested: requested.promise, requestedAgain: again.promise };
}
