import { startPatience } from "./patience.ts";

export type EventuallyOptions = {
  /** On an idle machine; a busy one gets longer (`startPatience`). 10 s by default. */
  readonly timeoutMs?: number;
  /** The longest pause between two checks; raise it for an expensive check. 100 ms by default. */
  readonly pauseMaxMs?: number;
  /** The condition's name in the message after a time-out. */
  readonly what?: string;
};

/**
 * Repeats `check` until it neither throws nor returns `false`, and returns its value. `undefined`
 * passes, so that a check may consist of expectations.
 * @throws the last error of `check` after the time-out
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  options: EventuallyOptions = {},
): Promise<Exclude<T, false>> {
  const timeoutMs = options.timeoutMs ?? 10_000;
  const { what = "the condition", pauseMaxMs = 100 } = options;
  const patience = startPatience(timeoutMs);
  const timeUp = patience.over.then(() => over);
  let last: unknown = new Error(
    `Gave up waiting for ${what} after ${timeoutMs} ms: the check did not answer.`,
  );
  try {
    for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 1.5, pauseMaxMs)) {
      try {
        // a check that hangs must not delay the time-out
        const value = await Promise.race([check(), timeUp]);
        if (value === over) throw last;
        if (value !== false) return value as Exclude<T, false>;
        last = new Error(`Gave up waiting for ${what} after ${timeoutMs} ms: it stayed false.`);
      } catch (error) {
        last = error;
      }
      if (patience.isOver()) throw last;
      await Bun.sleep(pauseMs);
    }
  } finally {
    patience.end();
  }
}

const over = Symbol("time over");
