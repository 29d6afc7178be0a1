import type { PspReach } from "../application/ports.ts";

/** So many calls in a row without a response are no accident. */
const silentMax = 5;
/** Probes come ever more rarely, up to this. */
const probeEveryMs = { first: 250, last: 10_000 };
/** What is open is made due no more often than this: on a line that comes and goes it would be asked about all the time. */
const wakeEveryMs = 60_000;

export function createPspReach(options: {
  readonly nowMs: () => number;
  readonly onChange?: (isReached: boolean) => void;
}): PspReach {
  const { nowMs, onChange = () => {} } = options;
  let silent = 0;
  let probes = 0;
  let probeAtMs = 0;
  // whatever silence there was before this process began is over by the first answer
  let hasReturned = false;
  let hasAnswered = false;
  let wokeAtMs = -Infinity;
  const isAway = () => silent >= silentMax;

  return {
    heard(isAnswer) {
      if (!isAnswer) {
        silent += 1;
        if (silent === silentMax) onChange(false);
        return;
      }
      hasReturned ||= isAway() || !hasAnswered;
      if (isAway()) onChange(true);
      hasAnswered = true;
      silent = 0;
      probes = 0;
    },
    async mayClaim(probe) {
      if (hasAnswered && !isAway()) return true;
      if (nowMs() < probeAtMs) return false;
      const { first, last } = probeEveryMs;
      probeAtMs = nowMs() + Math.min(last, first * 2 ** Math.min(probes, 30));
      probes += 1;
      await probe();
      return hasAnswered && !isAway();
    },
    isToWake: () => hasReturned && nowMs() >= wokeAtMs + wakeEveryMs,
    woke() {
      hasReturned = false;
      wokeAtMs = nowMs();
    },
  };
}
