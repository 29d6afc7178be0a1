/** After this many calls in a row without a response, the PSP counts as unreachable. */
const silentMax = 5;
/** The interval between probes doubles from `first` to `last`. */
const probeEveryMs = { first: 250, last: 10_000 };
/** The shortest interval between wake-ups of open payments, so that an unstable line does not cause endless queries. */
const wakeEveryMs = 60_000;

export type PspReach = ReturnType<typeof createPspReach>;

/** Tracks whether this process reaches the PSP. If it does not, it leaves due work to other replicas, and probes. */
export function createPspReach(options: {
  readonly nowMs: () => number;
  readonly onChange?: (isReached: boolean) => void;
}) {
  const { nowMs, onChange = () => {} } = options;
  let silent = 0;
  let probeAfterMs = probeEveryMs.first;
  let probeAtMs = 0;
  // the first response may end an outage that began before this process started
  let hasReturned = false;
  let hasAnswered = false;
  let wokeAtMs = -Infinity;
  const isAway = () => silent >= silentMax;

  return {
    /** To be called after each call; `isAnswer` is false without a response, or for one that is only about our key. */
    record(isAnswer: boolean) {
      if (!isAnswer) {
        silent += 1;
        if (silent === silentMax) onChange(false);
        return;
      }
      hasReturned ||= isAway() || !hasAnswered;
      if (isAway()) onChange(true);
      hasAnswered = true;
      silent = 0;
      probeAfterMs = probeEveryMs.first;
    },
    isReached: () => !isAway(),
    /** True while due work may be claimed. At first, and during an outage, it calls `probe` with back-off. */
    async mayClaim(probe: () => Promise<unknown>) {
      if (hasAnswered && !isAway()) return true;
      if (nowMs() < probeAtMs) return false;
      probeAtMs = nowMs() + probeAfterMs;
      probeAfterMs = Math.min(probeEveryMs.last, 2 * probeAfterMs);
      await probe();
      return hasAnswered && !isAway();
    },
    /** True from the PSP's first response, or its return, until `woke` is called: open payments must be made due. */
    isToWake: () => hasReturned && nowMs() >= wokeAtMs + wakeEveryMs,
    woke() {
      hasReturned = false;
      wokeAtMs = nowMs();
    },
  };
}
