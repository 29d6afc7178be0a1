const withinMs = 120_000;

/** Repeats a question of the auditor's own while the server that knows the answer is down. */
export async function steadily<T>(ask: () => PromiseLike<T>): Promise<T> {
  const giveUpAtMs = performance.now() + withinMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (performance.now() > giveUpAtMs) throw error;
      await Bun.sleep(200);
    }
  }
}
