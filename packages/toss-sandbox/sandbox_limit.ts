import type { SandboxState } from "./sandbox_state.ts";

/** Counts calls per API and minute, as Toss's test environment does; off by default. */
export function createRateLimit(state: SandboxState) {
  const windows = new Map<string, { startedAt: number; calls: number }>();
  return {
    isExceeded(operation: string): boolean {
      const max = state.settings().rateLimitPerMinute;
      if (max === 0) return false;
      const now = state.now();
      const current = windows.get(operation);
      if (current === undefined || now - current.startedAt >= 60_000) {
        windows.set(operation, { startedAt: now, calls: 1 });
        return false;
      }
      current.calls += 1;
      return current.calls > max;
    },
  };
}
