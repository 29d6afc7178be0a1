export type EventuallyOptions = {
  /** 10 s by default: enough for a busy machine, and a hung test still ends. */
  readonly timeoutMs?: number;
  /** What is waited for, for the message when it doesn't come. */
  readonly what?: string;
};

/**
 * Repeats `check` until it neither throws nor gives `false`, and gives its
 * value. `undefined` passes, so that a check may consist of expectations.
 * @throws the last error of `check` when the time is up
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  options: EventuallyOptions = {},
): Promise<Exclude<T, false>> {
  const timeoutMs = options.timeoutMs ?? 10_000;
  const what = options.what ?? "the condition";
  const deadline = Date.now() + timeoutMs;
  let last: unknown = new Error(
    `Gave up waiting for ${what} after ${timeoutMs} ms: the check did not answer.`,
  );
  for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 1.5, 100)) {
    try {
      const value = await withinDeadline(check, deadline);
      if (value !== false) return value as Exclude<T, false>;
      last = new Error(
        `Gave up waiting for ${what} after ${timeoutMs} ms: it stayed false.`,
      );
    } catch (error) {
      if (error !== timeUp) last = error;
    }
    if (Date.now() + pauseMs > deadline) throw last;
    await Bun.sleep(pauseMs);
  }
}

const timeUp = Symbol("time up");

/** A check that hangs must not outlive the deadline. */
async function withinDeadline<T>(
  check: () => T | Promise<T>,
  deadline: number,
): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(timeUp),
    Math.max(1, deadline - Date.now()),
  );
  try {
    return await Promise.race([check(), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
