import { runnersAbove, watchRunners } from "./runners.ts";

/**
 * Ctrl-C in a terminal under npx arrives twice within a millisecond; a person
 * who really means it again is slower.
 */
const sameRequestWithinMs = 1_000;

export type StopRequest = {
  /** Resolves with the reason when the stack is asked to stop. */
  readonly asked: Promise<string>;
  /** Resolves when it is asked again, a second later or more: at once, then. */
  readonly askedAgain: Promise<void>;
};

/** Listens for SIGINT, SIGTERM, SIGHUP and the end of npx above us. */
export function listenForStop(): StopRequest {
  const asked = Promise.withResolvers<string>();
  const again = Promise.withResolvers<void>();
  let firstAt: number | undefined;
  const request = (reason: string) => {
    firstAt ??= performance.now();
    if (performance.now() - firstAt > sameRequestWithinMs) again.resolve();
    asked.resolve(reason);
  };
  process.on("SIGINT", () => request("Ctrl-C"));
  process.on("SIGTERM", () => request("SIGTERM"));
  process.on("SIGHUP", () => request("the terminal was closed"));
  const watch = watchRunners(runnersAbove(process.pid), () =>
    request("the program that started PayFlow has ended"),
  );
  void asked.promise.then(() => watch.stop());
  return { asked: asked.promise, askedAgain: again.promise };
}
