/** So many of the newest calls are remembered. */
const callsMax = 2_048;
const withinMs = 5 * 60_000;
/** Below this share of responses something is wrong with Toss, or with the way to it. */
const degradedBelow = 0.95;

/** How Toss has answered this process in the last five minutes. */
export type TossHealth = {
  readonly state: "up" | "degraded" | "down" | "unknown";
  /** `callsMax` at the most. */
  readonly calls: number;
  /** The share that brought a response, whatever it said; without a call there is none. */
  readonly successRate?: number;
  readonly medianMs?: number;
};

/** Remembers the newest calls to Toss, in memory of a fixed size. */
export function createTossHealth(nowMs: () => number = () => performance.now()) {
  const endedAtMs = new Float64Array(callsMax).fill(-Infinity);
  const tookMs = new Float64Array(callsMax);
  const isAnswered = new Uint8Array(callsMax);
  let next = 0;
  return {
    /** A call has ended. `failed` (5xx) and `no_response` are no answers. */
    heard(outcome: "ok" | "refused" | "failed" | "no_response", seconds: number): void {
      endedAtMs[next] = nowMs();
      tookMs[next] = seconds * 1_000;
      isAnswered[next] = outcome === "ok" || outcome === "refused" ? 1 : 0;
      next = (next + 1) % callsMax;
    },
    read(isReached: boolean): TossHealth {
      const sinceMs = nowMs() - withinMs;
      const recent = [...endedAtMs.keys()].filter((index) => (endedAtMs[index] ?? 0) >= sinceMs);
      const calls = recent.length;
      if (calls === 0) return { state: isReached ? "unknown" : "down", calls };
      const answered = recent.filter((index) => isAnswered[index] === 1);
      const successRate = answered.length / calls;
      const times = answered.map((index) => tookMs[index] ?? 0).sort((a, b) => a - b);
      const medianMs = times[Math.floor(times.length / 2)];
      const state = !isReached ? "down" : successRate < degradedBelow ? "degraded" : "up";
      const median = medianMs === undefined ? {} : { medianMs: Math.round(medianMs) };
      return { state, calls, successRate, ...median };
    },
  };
}
