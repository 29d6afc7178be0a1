import { AsyncLocalStorage } from "node:async_hooks";

/** The actor of the work under way and the reason. Each service defines the names of its actors. */
export type Acting = { readonly actor: string; readonly reason?: string | undefined };

const current = new AsyncLocalStorage<Acting>();

const system: Acting = { actor: "system" };

/** Runs work as an actor: the history and audit rows that it writes carry the actor and the reason. */
export function actingAs<T>(who: Acting, work: () => T): T {
  return current.run(who, work);
}

/** The actor of the work under way; `system` outside `actingAs`. */
export function acting(): Acting {
  return current.getStore() ?? system;
}
