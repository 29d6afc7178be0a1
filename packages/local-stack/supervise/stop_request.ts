import { runnersAbove, watchRunners } from "./runners.ts";

/**
 * One Ctrl-C in a terminal under npx arrives twice within a millisecond, so a second request counts
 * only after this time.
 */
const sameRequestWithinMs = 1_000;

export type StopRequest = {
  /** Resolves with the reason when a stop is requested. */
  readonly requested: Promise<string>;
  /** Resolves on a second request, which means: stop at once. */
  readonly requestedAgain: Promise<void>;
};

/** Listens for SIGINT, SIGTERM, SIGHUP and the end of a runner such as npx. */
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
