// Runs one confirm, cancel or query with its injected fault, if any.

import type { Fault } from "./sandbox_faults.ts";
import {
  type Answer,
  type Call,
  dropped,
  isPutOff,
  keep,
  refuse,
  respond,
  type Work,
} from "./sandbox_pipeline.ts";
import type { SandboxState } from "./sandbox_state.ts";

export type Runner = {
  run(call: Call, work: Work): Promise<Response>;
  /** Whether a call with the same idempotency key is in progress. */
  isRunning(call: Call): boolean;
  /** Drops delayed calls without performing them, like a server crash. */
  close(): void;
};

export function createRunner(state: SandboxState): Runner {
  const running = new Set<string>();
  const cancelling = new Set<string>();
  const closing = new AbortController();

  /** Performs the work and stores its response in one transaction. */
  function perform(call: Call, work: Work, fault?: Fault): Answer {
    if (work.operation === "find") return work.run(fault);
    return state.store.atomically(() => {
      const answer = work.run(fault);
      keep(state, call, answer);
      return answer;
    });
  }

  async function later(call: Call, work: Work, delayMs: number): Promise<Response> {
    const { operation, target } = work;
    if (call.scope !== null) running.add(call.scope);
    if (operation === "cancel") cancelling.add(target.paymentKey);
    const happened = await elapsed(delayMs, closing.signal);
    if (call.scope !== null) running.delete(call.scope);
    if (operation === "cancel") cancelling.delete(target.paymentKey);
    return happened ? respond(perform(call, work), call) : dropped();
  }

  return {
    isRunning: (call) => call.scope !== null && running.has(call.scope),

    async run(call, work) {
      const { operation, target } = work;
      if (operation === "cancel" && cancelling.has(target.paymentKey)) {
        const code = "FORBIDDEN_CONSECUTIVE_REQUEST";
        const answer = refuse(code, call.language);
        keep(state, call, answer);
        return respond(answer, call);
      }
      const fault: Fault | undefined = work.fault ?? state.faults.take(operation, target);
      const code = fault?.code;
      switch (fault?.fault) {
        case "lose_response":
          perform(call, work);
          return dropped();
        case "error_after": {
          // The key stores the error that the client got. A 409 or 429 means "retry later": then
          // the key stores the result, and a retry gets it.
          const answer = refuse(code ?? work.errorCode, call.language);
          state.store.atomically(() => {
            const result = work.run(undefined);
            keep(state, call, isPutOff(answer) ? result : answer);
          });
          return respond(answer, call);
        }
        case "error_before": {
          const answer = refuse(code ?? work.errorCode, call.language);
          keep(state, call, answer);
          return respond(answer, call);
        }
        case "delay":
          return later(call, work, fault?.delayMs ?? 0);
        case "decline":
        case "stale":
        case "not_found":
        case undefined:
          return respond(perform(call, work, fault), call);
        default:
          throw new Error("the switch above lacks a fault");
      }
    },

    close: () => closing.abort(),
  };
}

/** False when `signal` aborts first. */
function elapsed(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const stop = () => end(false);
    const timer = setTimeout(() => end(true), ms);
    signal.addEventListener("abort", stop);
    function end(isElapsed: boolean): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      resolve(isElapsed);
    }
  });
}
