/** Time and ids that only the test advances. */
export type Clock = ReturnType<typeof createClock>;

export function createClock() {
  let ms = Date.parse("2026-01-05T05:00:00.000Z");
  let now = new Date(ms).toISOString();
  let ids = 0;
  return {
    ms: () => ms,
    now: () => now,
    iso: (atMs: number) => new Date(atMs).toISOString(),
    newId: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, "0")}`,
    advance(byMs: number): void {
      ms += byMs;
      now = new Date(ms).toISOString();
    },
  };
}
