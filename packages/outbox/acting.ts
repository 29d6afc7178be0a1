import { AsyncLocalStorage } from "node:async_hooks";

/** In whose name work is done, and why; the service says what its actors are called. */
export type Acting = { readonly actor: string; readonly reason?: string | undefined };

const current = new AsyncLocalStorage<Acting>();

const system: Acting = { actor: "system" };

/** Runs work in somebody's name: history and audit rows that it causes carry the actor and the reason. */
export function actingAs<T>(who: Acting, work: () => T): T {
  return current.run(who, work);
}

/** In whose name the work under way is done; `system` where nobody else was named. */
export function acting(): Acting {
  return current.getStore() ?? system;
}
