/** So many calls in a row without a response are no accident. */
const silentMax = 5;
/** Probes come ever more rarely, up to this. */
const probeEveryMs = { first: 250, last: 10_000 };
/** What is open is made due no more often than this: on a line that comes and goes it would be queried all the time. */
const wakeEveryMs = 60_000;

export type PspReach = ReturnType<typeof createPspReach>;

/** Whether this process reaches the PSP. One that does not leaves what is due to others, and probes. */
export function createPspReach(options: {
  readonly nowMs: () => number;
  readonly onChange?: (isReached: boolean) => void;
}) {
  const { nowMs, onChange = () => {} } = options;
  let silent = 0;
  let probeAfterMs = probeEveryMs.first;
  let probeAtMs = 0;
  // whatever silence there was before this process began is over by the first answer
  let hasReturned = false;
  let hasAnswered = false;
  let wokeAtMs = -Infinity;
  const isAway = () => silent >= silentMax;

  return {
    /** To be called after every call; `isAnswer` is false for no response and for one that speaks of our key alone. */
    heard(isAnswer: boolean) {
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
    /** True while due work may be claimed. While the PSP is away, and at first, `probe` is called now and then to find out. */
    async mayClaim(probe: () => Promise<unknown>) {
      if (hasAnswered && !isAway()) return true;
      if (nowMs() < probeAtMs) return false;
      probeAtMs = nowMs() + probeAfterMs;
      probeAfterMs = Math.min(probeEveryMs.last, 2 * probeAfterMs);
      await probe();
      return hasAnswered && !isAway();
    },
    /** True from the PSP's first response, or its return, until `woke` is called: what is open is to be made due. */
    isToWake: () => hasReturned && nowMs() >= wokeAtMs + wakeEveryMs,
    woke() {
      hasReturned = false;
      wokeAtMs = nowMs();
    },
  };
}
