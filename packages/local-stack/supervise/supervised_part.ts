import type { Child } from "./child.ts";

export type Part = {
  readonly name: string;
  /** Resolves when the part is ready; rejects when it does not start. The abort of `stopping` ends the start. */
  readonly start: (stopping: AbortSignal) => Promise<Child>;
};

export type SupervisedPartOptions = {
  /** Called when the part dies, when it is back, and when a restart fails. */
  readonly say: (text: string) => void;
  /** Pause before the first restart; doubles after each failure, up to `longestPauseMs`. */
  readonly shortestPauseMs?: number;
};

/** Keeps a crash loop cheap; after its cause is removed, the part is back within this time. */
const longestPauseMs = 15_000;
/** A part that is not ready by then hangs; the next start ends its process by the pid file. */
const startEndsWithinMs = 15_000;
/** After this uptime the pause is reset. */
const healthyAfterMs = 60_000;

/** Starts a part, restarts it when it dies, and stops it in order. */
export class SupervisedPart {
  readonly #part: Part;
  readonly #options: SupervisedPartOptions;
  readonly #stopping = new AbortController();
  #child: Child | undefined;
  #deaths = 0;
  /** The first start, then the supervision of the process. */
  #life: Promise<void> = Promise.resolve();

  constructor(part: Part, options: SupervisedPartOptions) {
    this.#part = part;
    this.#options = options;
  }

  /** How often it died without a stop request. */
  get deaths(): number {
    return this.#deaths;
  }

  /** @throws the part's error when the first start fails; there is no retry then */
  async start(): Promise<void> {
    const first = this.#part.start(this.#stopping.signal);
    this.#life = first.then(
      (child) => this.#keepAlive(child),
      () => undefined,
    );
    await first;
  }

  /** Resolves when the process has ended and will not be started again. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#child?.stop();
    // A part that is starting now is stopped when it is ready.
    await Promise.race([this.#life, Bun.sleep(startEndsWithinMs)]);
  }

  /** Sends SIGKILL and does not restart. */
  async kill(): Promise<void> {
    this.#stopping.abort();
    await this.#child?.kill();
  }

  async #keepAlive(first: Child): Promise<void> {
    const { signal } = this.#stopping;
    const { name } = this.#part;
    this.#child = first;
    const shortest = this.#options.shortestPauseMs ?? 500;
    let child: Child | undefined = first;
    let pauseMs = shortest;
    let startedAt = performance.now();
    while (!signal.aborted) {
      if (child) {
        const code = await child.exited;
        if (signal.aborted) return;
        this.#deaths++;
        if (performance.now() - startedAt > healthyAfterMs) pauseMs = shortest;
        this.#options.say(
          `${name} ended with exit code ${code}; starting it again in ${pauseMs / 1000} s`,
        );
      }
      await pause(pauseMs, signal);
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      if (signal.aborted) return;
      child = await this.#tryToStart(pauseMs);
      startedAt = performance.now();
    }
    // A stop was requested while it was restarting.
    await child?.stop();
  }

  async #tryToStart(pauseMs: number): Promise<Child | undefined> {
    const { name, start } = this.#part;
    const { signal } = this.#stopping;
    try {
      this.#child = await start(signal);
      this.#options.say(`${name} is back`);
      return this.#child;
    } catch (error) {
      if (signal.aborted) return undefined;
      const message = error instanceof Error ? error.message : String(error);
      this.#options.say(`${name} did not start: ${message}; trying again in ${pauseMs / 1000} s`);
      return undefined;
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
