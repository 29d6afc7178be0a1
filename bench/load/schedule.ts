/**
 * Arrivals at a constant rate. A request is due by the clock, independent of earlier responses, and
 * its latency counts from its due time. So a stall of the server raises the latency of all requests
 * that are due meanwhile (no "coordinated omission").
 */
export type Schedule = {
  readonly total: number;
  /** When request number `index`, from 0 on, is due, in milliseconds after the start. */
  dueMs(index: number): number;
  /** How many requests are due `elapsedMs` after the start. */
  dueCount(elapsedMs: number): number;
};

export function constantRate(options: { perSecond: number; forMs: number }): Schedule {
  const { perSecond, forMs } = options;
  const total = Math.round((perSecond * forMs) / 1000);
  return {
    total,
    dueMs: (index) => (index * 1000) / perSecond,
    dueCount: (elapsedMs) =>
      elapsedMs < 0 ? 0 : Math.min(total, Math.floor((elapsedMs * perSecond) / 1000 + 1e-9) + 1),
  };
}
