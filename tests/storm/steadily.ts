const withinMs = 120_000;

/** Repeats the auditor's query while the database server is down. */
export async function steadily<T>(query: () => PromiseLike<T>): Promise<T> {
  const giveUpAtMs = performance.now() + withinMs;
  for (;;) {
    try {
      return await query();
    } catch (error) {
      if (performance.now() > giveUpAtMs) throw error;
      await Bun.sleep(200);
    }
  }
}
