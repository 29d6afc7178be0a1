import type { Child } from "./child.ts";

export type Part = {
  readonly name: string;
  /** Resolves when the part answers; rejects when it does not come up. */
  readonly start: () => Promise<Child>;
};

export type SupervisedPartOptions = {
  /** Called when the part died and when it is up again. */
  readonly say: (text: string) => void;
  /** Before the first new try; doubled up to the longest after each failure. */
  readonly shortestPauseMs?: number;
};

/** A part that keeps dying costs little and is back within this of its cure. */
const longestPauseMs = 15_000;
/** A part that is not up by then hangs; its pid file names the process to end. */
const startEndsWithinMs = 15_000;
/** Having lived for so long, it has recovered: the next pause is short again. */
const healthyAfterMs = 60_000;

/** Starts a part, starts it again whenever it dies, and stops it in order. */
export class SupervisedPart {
  readonly #part: Part;
  readonly #options: SupervisedPartOptions;
  readonly #stopping = new AbortController();
  #child: Child | undefined;
  #deaths = 0;
  /** The first start, then the watch over the process. */
  #life: Promise<void> = Promise.resolve();

  constructor(part: Part, options: SupervisedPartOptions) {
    this.#part = part;
    this.#options = options;
  }

  /** How often it died without a stop request. */
  get deaths(): number {
    return this.#deaths;
  }

  /** @throws the part's error when the first start fails: no second try then */
  async start(): Promise<void> {
    const first = this.#part.start();
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
    // What is being started right now is stopped when it is up.
    await Promise.race([this.#life, Bun.sleep(startEndsWithinMs)]);
  }

  /** SIGKILL. */
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
    try {
      this.#child = await start();
      this.#options.say(`${name} is back`);
      return this.#child;
    } catch (error) {
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
