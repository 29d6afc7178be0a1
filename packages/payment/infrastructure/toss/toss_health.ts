import type { InternalAnswer } from "@payflow/back-office";

/** How many of the newest calls are kept. */
const callsMax = 2_048;
const withinMs = 5 * 60_000;
/** Below this share of calls with a response, Toss or the connection to it has a problem. */
const degradedBelow = 0.95;

/** refused: 4xx. failed: 5xx. */
export type TossOutcome = "ok" | "refused" | "failed" | "no_response";

/** The health of Toss as this process sees it: from the calls of the last five minutes, at most `callsMax`. */
export type TossHealth = InternalAnswer<"attention">["toss"];

/** Keeps the newest calls to Toss. */
export function createTossHealth(nowMs: () => number = () => performance.now()) {
  const remembered: { endedAtMs: number; tookMs: number; isAnswered: boolean }[] = [];
  return {
    /** To be called after each call; `failed` and `no_response` count as no response. */
    record(outcome: TossOutcome, seconds: number): void {
      const isAnswered = outcome === "ok" || outcome === "refused";
      remembered.push({ endedAtMs: nowMs(), tookMs: seconds * 1_000, isAnswered });
      if (remembered.length > callsMax) remembered.shift();
    },
    read(isReached: boolean): TossHealth {
      const recent = remembered.filter(({ endedAtMs }) => endedAtMs >= nowMs() - withinMs);
      const calls = recent.length;
      if (calls === 0) return { state: isReached ? "unknown" : "down", calls };
      const answered = recent.filter(({ isAnswered }) => isAnswered);
      const successRate = answered.length / calls;
      const times = answered.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
      const medianMs = times[Math.floor(times.length / 2)];
      const state = !isReached ? "down" : successRate < degradedBelow ? "degraded" : "up";
      const median = medianMs === undefined ? {} : { medianMs: Math.round(medianMs) };
      return { state, calls, successRate, ...median };
    },
  };
}
